#include "clone/compare/volumes.h"

#include <fmt/format.h>

#include <memory>

#include "clone/files/difference.h"
#include "clone/files/open.h"
#include "clone/fs/registry.h"
#include "clone/io/window.h"
#include "platform/error.h"
#include "platform/size_text.h"

namespace disktwin::compare {
namespace {

class VolumePair {
 public:
  VolumePair(const plan::Plan& plan, std::size_t region, const ReaderPtr& source,
             const ReaderPtr& other, copy::Progress& progress, Comparison& out)
      : region_(plan.regions[region]),
        index_(region),
        progress_(progress),
        out_(out),
        size_(region_.resizedTo != 0 ? region_.resizedTo : region_.source.length),
        from_(std::make_shared<Window>(source, region_.source, region_.what)),
        to_(std::make_shared<Window>(other, Extent{region_.target, size_}, region_.what)),
        wanted_(fs::recognise(from_).fs),
        found_(fs::recognise(to_).fs) {}

  void run() {
    ++out_.volumesByFiles;
    if (!wanted_) {
      differs({}, fmt::format("has {}, expected {}, and what is in it is not known",
                              formatSizeExactly(size_), formatSizeExactly(region_.source.length)));
      return;
    }
    const fs::VolumeInfo& wanted = wanted_->info();
    if (!found_ || found_->info().type != wanted.type) {
      differs({}, fmt::format("holds no {}", wanted.type));
      return;
    }
    const fs::VolumeInfo& found = found_->info();
    if (found.uuid != (region_.newUuid.empty() ? wanted.uuid : region_.newUuid))
      differs({}, "has another UUID");
    if (found.label != wanted.label) differs({}, "has another label");
    // Nothing of swap space lasts but these.
    if (wanted.type == "swap") return;
    if (wanted.state != fs::VolumeState::Clean) {
      out_.remarks.push_back(fmt::format(
          "{}: was not unmounted cleanly, and was made good in the copy: files may differ by that.",
          region_.what));
    }
    compareTrees(wanted.type);
  }

 private:
  void differs(const std::string& path, const std::string& what) {
    ++out_.filesDiffering;
    if (out_.files.size() < kMostDifferences) out_.files.push_back({index_, path, what});
  }

  // One after the other: the kernel does not show two Btrfs with the same id at once.
  files::Manifest manifestOf(const ReaderPtr& volume, const std::string& type) {
    try {
      files::OpenOptions options;
      options.limits = files::kForAllOfIt;
      options.encrypted = files::Encrypted::AsStored;
      const auto tree = files::openTree(volume, type, options);
      return files::Manifest(*tree, [this](std::uint64_t bytes) { progress_.add(bytes); });
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::Cancelled || error.kind() == ErrorKind::Read) throw;
      throw Error(ErrorKind::Failed, region_.what,
                  fmt::format("has another size there, or files that were changed, and its files "
                              "cannot be read: {}",
                              error.detail()),
                  "compare the others alone, with --partitions");
    }
  }

  void compareTrees(const std::string& type) {
    files::Edited edited;
    for (const plan::FileEdit& edit : region_.edits) {
      edited[edit.path.substr(edit.path.find_first_not_of('/'))] = edit.content;
    }
    files::Manifest wanted = manifestOf(from_, type);
    files::Manifest found = manifestOf(to_, type);
    out_.filesCompared += files::findDifferences(
        wanted, found, edited,
        [this](const std::string& path, const std::string& what) { differs(path, what); });
  }

  const plan::Region& region_;
  const std::size_t index_;
  copy::Progress& progress_;
  Comparison& out_;
  const std::uint64_t size_;  // there, in bytes
  const ReaderPtr from_;
  const ReaderPtr to_;
  const std::unique_ptr<fs::FileSystem> wanted_;
  const std::unique_ptr<fs::FileSystem> found_;
};

}  // namespace

void compareByFiles(const plan::Plan& plan, std::size_t region, const ReaderPtr& source,
                    const ReaderPtr& other, copy::Progress& progress, Comparison& out) {
  VolumePair(plan, region, source, other, progress, out).run();
}

}  // namespace disktwin::compare
