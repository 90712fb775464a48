#include "clone/files/extract.h"

#include <string_view>
#include <vector>

#include "clone/files/descent.h"
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
    // What is named is meant, where a link leads to as well.
    const auto found = tree_.find(path);
    if (!found) throw Error(ErrorKind::Failed, path, "not found in there");
    if (path.empty()) {
      content(found->node, {}, {});
    } else {
      put(*found, path, path.substr(path.rfind('/') + 1));
    }
    return done_;
  }

 private:
  // `from` is for those who are told of it.
  void content(std::uint64_t folder, const std::string& from, const std::string& to) {
    const std::vector<Described> entries = tree_.describe(folder);
    const Descent::In in(descent_, folder, entries.size());
    for (const Described& entry : entries) {
      Cancellation::check();
      const std::string inside = from.empty() ? entry.name : from + "/" + entry.name;
      const std::string why = whyNot(entry);
      if (!why.empty()) {
        leaveOut(inside, why);
        continue;
      }
      try {
        put(entry, inside, to.empty() ? entry.name : to + "/" + entry.name);
      } catch (const Error& error) {
        // Of the volume only; the folder has other kinds.
        if (error.kind() != ErrorKind::Failed || tree_.isBroken()) throw;
        leaveOut(inside, error.detail());
      }
    }
  }

  // No folder has such names: they come from damage.
  static std::string whyNot(const Described& entry) {
    const bool isName = entry.name.find_first_of(std::string_view("/\0", 2)) == entry.name.npos;
    if (!isName || entry.name == ".." || entry.name == ".") return "its name is not a file's";
    return entry.info ? std::string() : entry.whyNot;
  }

  void put(const Described& what, const std::string& from, const std::string& to) {
    const NodeInfo& info = *what.info;
    switch (info.type) {
      case NodeType::Regular:
        return file(what, to);
      case NodeType::Folder:
        if (const std::string why = descent_.whyNot(what.node); !why.empty()) {
          return leaveOut(from, why);
        }
        folder_.makeFolder(to);
        content(what.node, from, to);
        folder_.finishFolder(to, info.mode, info.modified, info.modifiedNanos);
        return;
      case NodeType::Link:
        folder_.makeLink(to, tree_.readLink(what.node));
        ++done_.files;
        return;
      case NodeType::Other:
        return leaveOut(from, "it is neither a file nor a folder nor a link");
    }
  }

  void file(const Described& what, const std::string& to) {
    folder_.beginFile(to);
    for (std::uint64_t at = 0;;) {
      Cancellation::check();
      const std::size_t got = tree_.read(what.node, at, buffer_);
      folder_.write(std::span(buffer_).first(got));
      at += got;
      done_.bytes += got;
      if (options_.progress) options_.progress(got);
      if (got < buffer_.size()) break;
    }
    folder_.endFile(what.info->mode, what.info->modified, what.info->modifiedNanos);
    ++done_.files;
  }

  void leaveOut(const std::string& path, const std::string& why) {
    if (options_.leftOut) options_.leftOut(path, why);
  }

  FileTree& tree_;
  OutputFolder& folder_;
  const ExtractOptions& options_;
  Descent descent_;
  std::vector<std::byte> buffer_;
  Extracted done_;
};

}  // namespace

Extracted extract(FileTree& tree, const std::string& path, OutputFolder& folder,
                  const ExtractOptions& options) {
  return Extraction(tree, folder, options).run(path);
}

}  // namespace disktwin::files
