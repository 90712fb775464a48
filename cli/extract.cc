#include <fmt/format.h>

#include <optional>

#include "cli/inside.h"
#include "cli/passphrase.h"
#include "cli/progress_printer.h"
#include "cli/verbs.h"
#include "clone/files/extract.h"
#include "platform/error.h"
#include "platform/output_folder.h"
#include "platform/printable.h"
#include "platform/size_text.h"

namespace disktwin::cli {
namespace {

class ExtractRun {
 public:
  ExtractRun(const Arguments& arguments, Output& output)
      : arguments_(arguments),
        output_(output),
        tree_(DeviceTree::read()),
        passphrase_(arguments, output),
        progress_(phaseEvents(output)) {}

  int run() {
    std::vector<Inside> wanted;
    for (const std::string& word : arguments_.words()) wanted.push_back(parseInside(tree_, word));
    const std::string into = arguments_.text("into");
    if (into.empty()) {
      throw Error(ErrorKind::Usage, "disktwin extract", "does not know where to",
                  "name a folder with -o");
    }
    // All has to be there before anything is written.
    for (std::size_t i = 0; i < wanted.size(); ++i) check(wanted[i], arguments_.word(i));
    folder_.emplace(into);
    {
      const ProgressPrinter printer(progress_, output_, stopAtOnce(output_));
      progress_.begin(copy::Phase::Copy, 0);
      for (const Inside& inside : wanted) extractOne(inside);
    }
    folder_.reset();
    return conclude(into);
  }

 private:
  files::FileTree& filesOf(const Inside& inside) {
    const bool sameSource = source_ && opened_.source == inside.source;
    if (sameSource && opened_.partition == inside.partition) return *files_;
    files_.reset();
    if (!sameSource) {
      source_ = openSource(tree_, inside.source, sourceOptions(arguments_, passphrase_.asker()));
    }
    files_ = openFiles(*source_, volumeOf(*source_, inside));
    opened_ = inside;
    return *files_;
  }

  void check(const Inside& inside, const std::string& word) {
    if (!filesOf(inside).stat(inside.path)) {
      throw Error(ErrorKind::Failed, word, "not found in there", "`disktwin ls` shows what is");
    }
  }

  void extractOne(const Inside& inside) {
    files::ExtractOptions options;
    options.leftOut = [this](const std::string& path, const std::string& why) {
      ++leftOut_;
      output_.event("lost", {{"what", printable(path)}, {"because", why}});
      output_.line(fmt::format("left out: {}: {}", printable(path), why));
    };
    options.progress = [this](std::uint64_t bytes) { progress_.add(bytes); };
    const files::Extracted one = files::extract(filesOf(inside), inside.path, *folder_, options);
    done_.files += one.files;
    done_.bytes += one.bytes;
  }

  int conclude(const std::string& into) {
    if (leftOut_ != 0) output_.warn(fmt::format("{} were left out.", formatCount(leftOut_)));
    const int code = leftOut_ == 0 ? 0 : kDoneWithLosses;
    output_.event(
        "done",
        {{"exit_code", code}, {"files_extracted", done_.files}, {"bytes_extracted", done_.bytes}});
    output_.line(fmt::format("Done: {} files, {}, in {}.", formatCount(done_.files),
                             formatSize(done_.bytes), into));
    output_.requireDelivered();
    return code;
  }

  const Arguments& arguments_;
  Output& output_;
  const DeviceTree tree_;
  Passphrase passphrase_;
  copy::Progress progress_;
  std::optional<Source> source_;
  Inside opened_;  // what `files_` are of
  std::unique_ptr<files::FileTree> files_;
  std::optional<OutputFolder> folder_;
  files::Extracted done_;
  std::uint64_t leftOut_ = 0;
};

}  // namespace

void addExtractOptions(Options& options) {
  namespace po = boost::program_options;
  options.add_options()("into,o", po::value<std::string>()->value_name("FOLDER"),
                        "where to; made when it is not there")(
      "no-record", "with --json: leave no record of this run, which names files");
  addImageOptions(options);
}

int runExtract(const Arguments& arguments, Output& output) {
  return ExtractRun(arguments, output).run();
}

}  // namespace disktwin::cli
