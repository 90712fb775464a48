#include "clone/files/extract.h"

#include <vector>

#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/extent.h"

namespace disktwin::files {
namespace {

constexpr std::size_t kPart = MiB;

class Extraction {
 public:
  Extraction(FileTree& tree, OutputFolder& folder, const ExtractOptions& options)
      : tree_(tree), folder_(folder), options_(options), buffer_(kPart) {}

  Extracted run(const std::string& path) {
    if (path.empty()) {
      content({}, {}, 0);
      return done_;
    }
    // What is named is meant, where a link leads to as well.
    const auto info = tree_.stat(path);
    if (!info) throw Error(ErrorKind::Failed, path, "not found in there");
    put(path, path.substr(path.rfind('/') + 1), *info, 0);
    return done_;
  }

 private:
  void content(const std::string& from, const std::string& to, unsigned depth) {
    for (const Entry& entry : tree_.listSome(from, kMostEntries)) {
      Cancellation::check();
      const std::string inside = from.empty() ? entry.name : from + "/" + entry.name;
      try {
        const auto info = tree_.statLink(inside);
        if (!info) throw Error(ErrorKind::Failed, inside, "it cannot be looked at");
        put(inside, to.empty() ? entry.name : to + "/" + entry.name, *info, depth);
      } catch (const Error& error) {
        // Of the volume only; the folder has other kinds.
        if (error.kind() != ErrorKind::Failed) throw;
        leaveOut(inside, error.detail());
      }
    }
  }

  void put(const std::string& from, const std::string& to, const NodeInfo& info, unsigned depth) {
    switch (info.type) {
      case NodeType::Regular:
        return file(from, to, info);
      case NodeType::Folder:
        if (depth == kDeepestFolder) return leaveOut(from, "it lies too deep");
        folder_.makeFolder(to);
        content(from, to, depth + 1);
        folder_.finishFolder(to, info.mode, info.modified, info.modifiedNanos);
        return;
      case NodeType::Link:
        folder_.makeLink(to, tree_.readLink(from));
        ++done_.files;
        return;
      case NodeType::Other:
        return leaveOut(from, "it is neither a file nor a folder nor a link");
    }
  }

  void file(const std::string& from, const std::string& to, const NodeInfo& info) {
    folder_.beginFile(to);
    for (std::uint64_t at = 0;;) {
      Cancellation::check();
      const std::size_t got = tree_.read(from, at, buffer_);
      folder_.write(std::span(buffer_).first(got));
      at += got;
      done_.bytes += got;
      if (options_.progress) options_.progress(got);
      if (got < buffer_.size()) break;
    }
    folder_.endFile(info.mode, info.modified, info.modifiedNanos);
    ++done_.files;
  }

  void leaveOut(const std::string& path, const std::string& why) {
    if (options_.leftOut) options_.leftOut(path, why);
  }

  FileTree& tree_;
  OutputFolder& folder_;
  const ExtractOptions& options_;
  std::vector<std::byte> buffer_;
  Extracted done_;
};

}  // namespace

Extracted extract(FileTree& tree, const std::string& path, OutputFolder& folder,
                  const ExtractOptions& options) {
  return Extraction(tree, folder, options).run(path);
}

}  // namespace disktwin::files
