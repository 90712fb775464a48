#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "cli/image_check.h"
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
    const DeviceTree tree = DeviceTree::read();
    const Source source =
        path == "-" ? openSource(tree, path, options) : openFromMedium(tree, path, options);
    std::vector<image::Damage> damages;
    {
      const ProgressPrinter printer(progress_, output_, stopAtOnce(output_));
      if (source.kind == SourceKind::Image) {
        damages = checkImage(source, true, progress_);
      } else if (source.kind == SourceKind::FrontImage) {
        auto& front = static_cast<image::FrontImage&>(*source.front);
        image::checkFront(front, progress_);
        damages = checkChain(front.parent().get(), true, progress_);
      } else {
        throw Error(ErrorKind::Invalid, path, "is no image of this program: it has no hashes",
                    "`zstd -t` checks what there is to check");
      }
    }
    reportDamage(output_, path, damages);
    return succeed(source, std::chrono::duration<double>(WorkClock::now() - began).count());
  }

 private:
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
};

}  // namespace

void addVerifyOptions(Options& options) {
  addImageOptions(options);
}

int runVerify(const Arguments& arguments, Output& output) {
  return VerifyRun(arguments, output).run();
}

}  // namespace disktwin::cli
