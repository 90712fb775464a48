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
      const auto info = lookAt(inside);
      if (info) put(inside, to.empty() ? entry.name : to + "/" + entry.name, *info, depth);
    }
  }

  std::optional<NodeInfo> lookAt(const std::string& path) {
    try {
      if (auto info = tree_.statLink(path)) return info;
      leaveOut(path, "it cannot be looked at");
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Failed) throw;
      leaveOut(path, error.detail());
    }
    return std::nullopt;
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
      const auto got = partOf(from, at);
      if (!got) return folder_.dropFile();
      folder_.write(std::span(buffer_).first(*got));
      at += *got;
      done_.bytes += *got;
      if (options_.progress) options_.progress(*got);
      if (*got < buffer_.size()) break;
    }
    folder_.endFile(info.mode, info.modified, info.modifiedNanos);
    ++done_.files;
  }

  std::optional<std::size_t> partOf(const std::string& file, std::uint64_t offset) {
    try {
      return tree_.read(file, offset, buffer_);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Failed) throw;
      leaveOut(file, error.detail());
      return std::nullopt;
    }
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
