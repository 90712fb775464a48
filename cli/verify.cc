#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "cli/passphrase.h"
#include "cli/progress_printer.h"
#include "cli/source.h"
#include "cli/verbs.h"
#include "image/read/check.h"
#include "image/read/names.h"
#include "platform/error.h"
#include "platform/pause.h"
#include "platform/size_text.h"

namespace disktwin::cli {
namespace {

// Places that are named one by one; beyond that their number says enough.
constexpr std::size_t kMostNamed = 20;

class VerifyRun {
 public:
  VerifyRun(const Arguments& arguments, Output& output)
      : arguments_(arguments),
        output_(output),
        passphrase_(arguments, output),
        progress_(phaseEvents(output)) {}

  int run() {
    const auto began = WorkClock::now();
    const std::string& path = arguments_.word(0);
    if (path != "-" && image::fileType(path) != image::FileType::Image) {
      throw Error(ErrorKind::Invalid, path, "is no image of this program",
                  "compare checks a disk or raw file against another");
    }
    SourceOptions options = sourceOptions(arguments_, passphrase_.asker());
    options.front = true;
    if (path != "-") {
      // What was written just now is to be read from the medium.
      for (const std::string& file : image::filesOf(path)) File::openRead(file).dropCaches();
    }
    const Source source = openSource(DeviceTree::read(), path, options);
    {
      const ProgressPrinter printer(progress_, output_, stopAtOnce(output_));
      if (source.kind == SourceKind::Image) {
        checkFiles(source);
      } else if (source.kind == SourceKind::FrontImage) {
        auto& front = static_cast<image::FrontImage&>(*source.front);
        image::checkFront(front, progress_);
        checkImages(front.parent().get());
      } else {
        throw Error(ErrorKind::Invalid, path, "is no image of this program: it has no hashes",
                    "`zstd -t` checks what there is to check");
      }
    }
    conclude(path);
    return succeed(source, std::chrono::duration<double>(WorkClock::now() - began).count());
  }

 private:
  // Of a chain, from one image down.
  void checkImages(const image::ImageReader* top) {
    for (const image::ImageReader* at = top; at; at = at->parent().get()) {
      for (image::Damage& damage : image::checkData(at->image(), progress_)) {
        damage.text = fmt::format("{}: {}", at->name(), damage.text);
        damages_.push_back(std::move(damage));
      }
    }
  }

  // Each image of the chain, then what the filesystems say of all together.
  void checkFiles(const Source& source) {
    checkImages(source.image.get());
    // Of damaged data nothing can be said.
    if (damages_.empty()) damages_ = image::checkContents(*source.catalog, source.image);
  }

  void conclude(const std::string& path) {
    std::size_t named = 0;
    for (const image::Damage& damage : damages_) {
      output_.event(
          "damage",
          {{"offset", damage.disk.offset}, {"length", damage.disk.length}, {"text", damage.text}});
      if (named++ < kMostNamed) output_.line(damage.text);
    }
    if (named > kMostNamed) output_.line(fmt::format("... and {} more places", named - kMostNamed));
    if (damages_.empty()) return;
    throw Error(ErrorKind::Invalid, path,
                fmt::format("{} place{} damaged or missing", damages_.size(),
                            damages_.size() == 1 ? " is" : "s are"),
                "restore --salvage saves all that is whole", damages_.front().disk);
  }

  int succeed(const Source& source, double seconds) {
    const bool contents = source.kind == SourceKind::Image;
    output_.event("done", {{"exit_code", 0},
                           {"image_id", image::toString(source.catalog->head.id)},
                           {"contents_checked", contents},
                           {"seconds", seconds}});
    output_.line(fmt::format("Whole: every byte and every hash of {} is right{}.",
                             arguments_.word(0),
                             contents ? ", and all that its filesystems refer to is in it" : ""));
    if (!contents) {
      output_.line(
          "Whether all that its filesystems refer to is in it was not looked at: that needs a "
          "file.");
    }
    output_.requireDelivered();
    return 0;
  }

  const Arguments& arguments_;
  Output& output_;
  Passphrase passphrase_;
  copy::Progress progress_;
  std::vector<image::Damage> damages_;
};

}  // namespace

void addVerifyOptions(Options& options) {
  addImageOptions(options);
}

int runVerify(const Arguments& arguments, Output& output) {
  return VerifyRun(arguments, output).run();
}

}  // namespace disktwin::cli
