#include "clone/files/manifest.h"

#include <algorithm>

#include "clone/files/records.h"
#include "clone/io/endian.h"
#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/printable.h"

namespace disktwin::files {
namespace {

constexpr std::size_t kBuffer = MiB;
// Of the temporary file, which is sparse: a thousand million entries.
constexpr std::uint64_t kMost = 256 * GiB;
constexpr std::uint64_t kHashedAtOnce = 16 * MiB;
constexpr std::size_t kLongestPath = 64 * KiB;

// '/' sorts first, so that a folder's content comes right behind it.
unsigned rank(char c) {
  return c == '/' ? 0U : 1U + static_cast<unsigned char>(c);
}

}  // namespace

bool comesBefore(const std::string& a, const std::string& b) {
  return std::ranges::lexicographical_compare(a, b, {}, rank, rank);
}

Manifest::Manifest(FileTree& tree, const std::function<void(std::uint64_t)>& progress)
    : tree_(&tree), progress_(progress), file_(File::temporary(kMost)) {
  addEntry({}, tree.find({}).value());
  flush();
  buffer_.shrink_to_fit();
  folders_.clear();
  tree_ = nullptr;
}

void Manifest::addContent(const std::string& path, const std::vector<Described>& content) {
  for (const Described& described : content) {
    Cancellation::check();
    addEntry(path.empty() ? described.name : path + "/" + described.name, described);
  }
}

void Manifest::addEntry(const std::string& path, const Described& described) {
  ManifestEntry entry;
  entry.path = path;
  std::vector<Described> content;
  const bool isFolder = described.info && described.info->type == NodeType::Folder;
  if (!described.info) {
    entry.unknown = described.whyNot;
  } else if (isFolder && (path.size() > kLongestPath || !folders_.insert(described.node).second)) {
    entry.unknown = "it leads back to where it came from";
  } else {
    entry.info = *described.info;
    try {
      look(described, entry);
      if (isFolder) content = tree_->describe(described.node);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Failed || tree_->isBroken()) throw;
      entry.unknown = error.detail();
    }
  }
  append(entry);
  addContent(path, content);
}

void Manifest::look(const Described& described, ManifestEntry& entry) {
  switch (entry.info.type) {
    case NodeType::Regular:
      entry.content = contentOf(described.node);
      [[fallthrough]];
    case NodeType::Folder:
      entry.extras = tree_->hashExtras(described.node);
      break;
    case NodeType::Link:
      entry.link = tree_->readLink(described.node);
      break;
    case NodeType::Other:
      break;
  }
}

Hash128 Manifest::contentOf(std::uint64_t file) {
  Hasher hasher;
  for (std::uint64_t at = 0;;) {
    Cancellation::check();
    const FileTree::PartHash part = tree_->hash(file, at, kHashedAtOnce);
    hasher.add(part.hash);
    at += part.length;
    if (progress_) progress_(part.length);
    if (part.length < kHashedAtOnce) return hasher.result();
  }
}

void Manifest::append(const ManifestEntry& entry) {
  Packer out;
  out.text(entry.path).text(entry.link).text(entry.unknown);
  pack(out, entry.content);
  pack(out, entry.extras);
  pack(out, entry.info);
  const le64 length = out.done().size();
  const auto head = std::as_bytes(std::span(&length, 1));
  buffer_.insert(buffer_.end(), head.begin(), head.end());
  buffer_.insert(buffer_.end(), out.done().begin(), out.done().end());
  if (buffer_.size() >= kBuffer) flush();
}

void Manifest::flush() {
  file_.writeAt(end_, buffer_);
  end_ += buffer_.size();
  buffer_.clear();
}

std::optional<ManifestEntry> Manifest::next() {
  if (readAt_ == end_) return std::nullopt;
  le64 length = 0;
  file_.readAt(readAt_, std::as_writable_bytes(std::span(&length, 1)));
  buffer_.resize(static_cast<std::size_t>(std::uint64_t{length}));
  file_.readAt(readAt_ + sizeof length, buffer_);
  readAt_ += sizeof length + buffer_.size();
  Unpacker in(buffer_);
  ManifestEntry out;
  out.path = in.text();
  out.link = in.text();
  out.unknown = in.text();
  out.content = unpackHash(in);
  out.extras = unpackHash(in);
  out.info = unpackInfo(in);
  return out;
}

}  // namespace disktwin::files
