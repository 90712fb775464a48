#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <system_error>

#include "cli/capture_parent.h"
#include "cli/capture_report.h"
#include "cli/courtesy_option.h"
#include "cli/expect_option.h"
#include "cli/image_check.h"
#include "cli/image_name.h"
#include "cli/passphrase.h"
#include "cli/progress_printer.h"
#include "cli/resume.h"
#include "cli/source.h"
#include "cli/system_option.h"
#include "cli/verbs.h"
#include "clone/system/find.h"
#include "image/read/names.h"
#include "image/write/capture.h"
#include "platform/error.h"
#include "platform/pause.h"
#include "platform/size_text.h"
#include "platform/terminal.h"

namespace disktwin::cli {
namespace {

namespace stdfs = std::filesystem;

std::string now() {
  return fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
}

// One capture, from the words of the command line to the finished image. `merge` is one whose
// source is an image and that keeps what that says of itself.
class CaptureRun {
 public:
  CaptureRun(const Arguments& arguments, Output& output, bool merge)
      : arguments_(arguments),
        output_(output),
        merge_(merge),
        path_(arguments.word(1)),
        toStream_(path_ == "-"),
        tree_(DeviceTree::read()),
        passphrase_(arguments, output),
        progress_(phaseEvents(output)) {}

  int run() {
    readOptions();
    openTheSource();
    if (!toStream_) {
      checkImageName(tree_, {path_, arguments_.has("yes"), arguments_.has("resume")},
                     source_.files);
    }
    choosePartitions();
    openTheParent();
    refuseHalfEncrypted();
    hold();
    findRoles();
    plan();
    announceCapture(output_, plan_, facts());
    checkExpected(arguments_, plan_.plan.id);
    if (arguments_.has("dry-run")) {
      output_.event("done", {{"exit_code", 0}, {"dry_run", true}});
      output_.line("\nThis was a dry run: nothing was written.");
      output_.requireDelivered();
      return 0;
    }
    makeHead();
    execute();
    return 0;
  }

 private:
  void readOptions() {
    job_.limit = beCourteous(arguments_);
    job_.level = arguments_.number("level", 1, image::kHighestLevel).value_or(image::kDefaultLevel);
    job_.threads = static_cast<unsigned>(arguments_.number("threads", 1, 256).value_or(0));
    job_.head.frameBytes = image::frameBytesFor(job_.level);
    split_ = arguments_.size("split").value_or(0);
    for (const char* option : {"resume", "split", "verify"}) {
      if (toStream_ && arguments_.has(option)) {
        throw Error(ErrorKind::Usage, fmt::format("--{}", option),
                    "cannot be used when the image goes to standard output",
                    "name a file, or leave the option out");
      }
    }
    resolveLink();
    const std::uint64_t least = image::smallestVolume(job_.head.frameBytes);
    if (split_ != 0 && split_ < least) {
      throw Error(ErrorKind::Usage, "--split",
                  fmt::format("{}, expected at least {} at this level", formatSize(split_),
                              formatSize(least)));
    }
    if (toStream_ && isTerminalOut()) {
      throw Error(ErrorKind::Usage, "standard output", "is a terminal, expected a pipe or a file",
                  "as in: disktwin capture SOURCE - | ssh HOST 'cat > disk.img.zst'");
    }
  }

  // A link stays, and what it leads to is written.
  void resolveLink() {
    std::error_code failed;
    if (toStream_ || !stdfs::is_symlink(path_, failed)) return;
    const stdfs::path real = stdfs::weakly_canonical(path_, failed);
    if (!failed) path_ = real.string();
  }

  void openTheSource() {
    SourceOptions options = sourceOptions(arguments_, passphrase_.asker());
    source_ = openSource(tree_, arguments_.word(0), options);
    const std::uint64_t volumes = split_ == 0 ? 1 : source_.endpoint.size / split_;
    if (volumes > 4 * image::kMostVolumes) {
      throw Error(ErrorKind::Usage, "--split",
                  fmt::format("{} would make some {} volumes of this disk, expected at most {}",
                              formatSize(split_), volumes, image::kMostVolumes),
                  "choose a larger size");
    }
    if (merge_ && !source_.isImage()) {
      throw Error(ErrorKind::Usage, arguments_.word(0), "is no image",
                  "capture makes one of a disk");
    }
    if (source_.isImage() && source_.catalog->head.encrypted() && !arguments_.has("encrypt")) {
      throw Error(ErrorKind::Refused, arguments_.word(0),
                  "is encrypted, the new image would not be", "add --encrypt");
    }
  }

  void openTheParent() {
    const std::vector<std::string> named = arguments_.texts("parent");
    if (merge_ || named.empty()) return;
    if (named.size() > 1) {
      throw Error(ErrorKind::Usage, "--parent", "an image has one parent, expected one name");
    }
    parent_ = openParent(named.front(), {path_, source_.endpoint.size, arguments_.has("encrypt")},
                         passphrase_.asker(), warnings_);
    const image::OpenImage& image = parent_->reader().image();
    job_.parent = parent_.get();
    job_.head.parent = image::ParentKey{image.head().id, image.seal()};
  }

  // Somebody who names a passphrase expects an image that cannot be read without it.
  void refuseHalfEncrypted() const {
    if (!arguments_.has("passphrase-file") || arguments_.has("encrypt")) return;
    throw Error(ErrorKind::Usage, "--passphrase-file",
                "is given, but the image would not be encrypted",
                "add --encrypt, or leave the passphrase out");
  }

  void hold() {
    const bool force = arguments_.has("force-mounted-source");
    if (source_.kind != SourceKind::Disk) return;
    if (!arguments_.has("dry-run")) {
      lockSource(tree_, source_.endpoint.path, held_);
      claimSource(tree_, source_.endpoint.path, force, held_);
      openTheSource();
    }
    plan::Target elsewhere;
    elsewhere.isNew = true;
    elsewhere.path = elsewhere.realPath = path_;
    for (std::string& text : plan::checkSafety(tree_, source_.endpoint, source_.survey, elsewhere,
                                               {{partitions_.begin(), partitions_.end()}, force})) {
      warnings_.push_back(std::move(text));
    }
  }

  void choosePartitions() {
    partitions_ =
        partitionsAskedFor(source_, arguments_, haveTerminal() && !output_.json(), false, warnings_)
            .partitions;
  }

  // They are kept in the image: who restores it from a pipe cannot look for them.
  void findRoles() {
    if (merge_ || arguments_.has("all-sectors") ||
        source_.survey.layout.kind == table::TableKind::None || !source_.isReadAtRandom()) {
      return;
    }
    system::findSystems(source_.survey);
  }

  void plan() {
    image::CaptureRequest request;
    request.what.allSectors =
        arguments_.has("all-sectors") || (source_.catalog && source_.catalog->info.allSectors);
    request.what.partitions = partitions_;
    request.excludePageFiles = arguments_.has("exclude-page-files");
    plan_ = image::planCapture(source_.survey, source_.endpoint, request);
    plan_.plan.warnings.insert(plan_.plan.warnings.begin(), warnings_.begin(), warnings_.end());
    describe();
    warnOfSpace();
  }

  void describe() {
    image::Info& info = plan_.preface.info;
    info.program = "disktwin " DISKTWIN_VERSION;
    info.created = now();
    info.comment = arguments_.text("comment");
    info.level = job_.level;
    info.splitAt = split_;
    if (source_.isImage()) takeOver(*source_.catalog);
    if (!parent_) return;
    std::error_code failed;
    const std::string name = image::baseName(arguments_.texts("parent").front());
    info.parent = image::ParentName{job_.head.parent->id, stdfs::path(name).filename().string(),
                                    stdfs::absolute(name, failed).string()};
  }

  // An image of an image is one of the disk that is in it.
  void takeOver(const image::Catalog& from) {
    image::Info& info = plan_.preface.info;
    info.source = from.info.source;
    info.excludedPageFiles = info.excludedPageFiles || from.info.excludedPageFiles;
    for (std::size_t i = 0; i < info.volumes.size(); ++i) {
      for (std::size_t k = 0; k < from.info.volumes.size(); ++k) {
        if (from.info.volumes[k].partition != info.volumes[i].partition) continue;
        image::VolumeMap& map = plan_.preface.maps[i];
        map.leftOut = unite(map.leftOut, from.maps[k].leftOut);
        map.zeroed = subtract(map.zeroed, map.leftOut);
      }
    }
    if (!merge_) return;
    info.created = from.info.created;
    if (info.comment.empty()) info.comment = from.info.comment;
  }

  void warnOfSpace() {
    if (toStream_) return;
    std::error_code failed;
    const stdfs::path folder = stdfs::absolute(path_, failed).parent_path();
    const stdfs::space_info space = stdfs::space(folder, failed);
    std::uint64_t needed = plan_.plan.bytesToWrite;
    if (arguments_.has("resume")) {
      for (const std::string& file : image::FileOutput::leftOf(path_, split_ != 0)) {
        needed -= std::min(needed, File::openRead(file).size());
      }
    }
    if (failed || parent_ || space.available >= needed) return;
    plan_.plan.warnings.push_back(fmt::format(
        "{}: the file system there has {} free; {} are to be saved, so it may not be enough unless "
        "they compress well.",
        path_, formatSize(space.available), formatSize(needed)));
  }

  CaptureFacts facts() const {
    return {path_,
            job_.level,
            arguments_.has("encrypt"),
            merge_,
            arguments_.has("verify"),
            split_,
            parent_ ? parent_->reader().name() : std::string()};
  }

  // A new id and key, or those of the partial that is gone on with.
  void makeHead() {
    image::Head& head = job_.head;
    if (!toStream_) partials_.emplace(path_);
    if (arguments_.has("resume")) {
      replay_ = findPartial({path_, split_, arguments_.has("encrypt"), &head,
                             [this] { return passphrase_.forNewImage(path_); },
                             [this](const std::string& text) { output_.line(text); }},
                            plan_.preface.info);
    }
    head.diskSize = source_.endpoint.size;
    if (replay_) {
      head.id = replay_->head().id;
      head.keyBox = replay_->head().keyBox;
      job_.key = replay_->key();
      job_.replay = replay_.get();
      return;
    }
    image::fillRandom(head.id);
    if (!arguments_.has("encrypt")) return;
    std::string secret = passphrase_.forNewImage(path_);
    if (parent_ && parent_->reader().image().head().encrypted()) {
      const image::OpenImage& image = parent_->reader().image();
      image::Key::open(secret, image.head().id, *image.head().keyBox,
                       image.name() + " (a chain has one passphrase)");
    }
    image::KeyBox box;
    job_.key = image::Key::create(secret, head.id, box);
    head.keyBox = box;
    image::forget(secret);
  }

  void execute() {
    const auto began = WorkClock::now();
    std::unique_ptr<image::Output> out;
    if (toStream_) {
      out = std::make_unique<image::StandardOutput>();
    } else {
      out = std::make_unique<image::FileOutput>(
          path_, image::FileOptions{split_, replay_ != nullptr, arguments_.has("yes")});
      output_.setTarget(copy::TargetState::Incomplete, aboutPartial());
    }
    image::CaptureResult result;
    {
      const ProgressPrinter printer(progress_, output_, stopAtOnce(output_));
      result = image::runCapture(plan_, source_.survey.disk, job_, *out, progress_);
    }
    output_.setTarget(copy::TargetState::Complete, fmt::format("{} is complete.", path_));
    if (arguments_.has("verify")) readBack();
    reportCapture(output_, plan_, facts(), job_.head, result,
                  std::chrono::duration<double>(WorkClock::now() - began).count());
  }

  // What it builds on was looked at when it was made.
  void readBack() {
    SourceOptions options = sourceOptions(arguments_, passphrase_.asker());
    if (!merge_) options.parents = arguments_.texts("parent");
    const std::string name = split_ != 0 ? image::volumeName(path_, 1) : path_;
    const Source written = openFromMedium(tree_, name, options);
    const ProgressPrinter printer(progress_, output_, stopAtOnce(output_));
    reportDamage(output_, path_, checkImage(written, false, progress_));
  }

  std::string aboutPartial() const {
    return fmt::format(
        "What was written so far is kept as {}{}.partial: the same command with --resume goes on "
        "with it.",
        path_, split_ != 0 ? ".001" : "");
  }

  const Arguments& arguments_;
  Output& output_;
  const bool merge_;
  std::string path_;
  const bool toStream_;
  DeviceTree tree_;
  Passphrase passphrase_;
  copy::Progress progress_;
  std::uint64_t split_ = 0;
  Source source_;
  HeldSource held_;
  std::set<std::uint32_t> partitions_;  // empty: all
  std::vector<std::string> warnings_;
  std::unique_ptr<ParentImage> parent_;
  std::optional<image::PartialLock> partials_;
  std::unique_ptr<image::Replay> replay_;
  image::CapturePlan plan_;
  image::CaptureJob job_;
};

void addWriterOptions(Options& options) {
  namespace po = boost::program_options;
  options.add_options()("dry-run,n", "show what would be saved and write nothing")(
      "yes,y", "replace an image of that name, or a partial one")(
      "level", po::value<std::string>()->value_name("1..19"),
      "how hard to compress (3): higher is smaller and slower")(
      "threads", po::value<std::string>()->value_name("N"), "threads that compress")(
      "comment", po::value<std::string>()->value_name("TEXT"), "kept in the image, for `show`")(
      "split", po::value<std::string>()->value_name("SIZE"),
      "in volumes of at most this size: NAME.001, NAME.002 ...")(
      "encrypt", "with a passphrase (asked for, or --passphrase-file); layout and labels too")(
      "resume", "go on with what an interrupted run has left")(
      "verify", "read the image back from the medium and check everything in it");
  addExpectOption(options);
  addCourtesyOptions(options);
}

}  // namespace

void addCaptureOptions(Options& options) {
  namespace po = boost::program_options;
  addWriterOptions(options);
  addImageOptions(
      options,
      "store only what has changed since this image of the same disk; both are needed then");
  options.add_options()("partitions", po::value<std::string>()->value_name("1,3"),
                        "save these partitions only")("all-sectors", "save unused space too")(
      "exclude-page-files",
      "leave out the contents of page files, hibernation files and swap space")(
      "force-mounted-source",
      "save a source that is mounted for writing; what changes meanwhile may be damaged in the "
      "image");
  addSystemOptions(options);
}

int runCapture(const Arguments& arguments, Output& output) {
  return CaptureRun(arguments, output, false).run();
}

void addMergeOptions(Options& options) {
  addWriterOptions(options);
  addImageOptions(options);
}

int runMerge(const Arguments& arguments, Output& output) {
  return CaptureRun(arguments, output, true).run();
}

}  // namespace disktwin::cli
