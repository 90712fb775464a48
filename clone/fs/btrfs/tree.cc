#include "clone/fs/btrfs/tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "clone/fs/btrfs/unproven.h"
#include "platform/error.h"

namespace disktwin::fs::btrfs {
namespace {

// Leaves lie in no order on an old filesystem. So many bytes of them are fetched together, sorted
// by place, and in one read what lies near each other.
constexpr std::size_t kAhead = 4 * MiB;
constexpr std::uint64_t kLongestRead = 1 * MiB;
constexpr std::uint64_t kReadAcross = 64 * KiB;

// Their addresses are kept to be compared with the map: some 32 MiB of memory, for trees of 64 GiB
// with blocks of the usual size.
constexpr std::size_t kMostBlocks = 1U << 22;

}  // namespace

Node TreeReader::accept(std::vector<std::byte> bytes, const NodeRef& ref) {
  Node node(std::move(bytes), ref, super_);
  if (blocksRead_.size() >= kMostBlocks) throw Unproven{"its trees are too large"};
  blocksRead_.push_back(ref.logical);
  return node;
}

Node TreeReader::read(const NodeRef& ref) {
  if (ref.logical % super_.sectorSize != 0) {
    throw Unproven{fmt::format("tree {} names a block at {}", ref.owner, ref.logical)};
  }
  const auto copies = chunks_.copiesOf({ref.logical, super_.nodeSize});
  if (copies.empty()) {
    throw Unproven{fmt::format("the block at {} of tree {} lies on another device, or nowhere",
                               ref.logical, ref.owner)};
  }
  for (std::size_t i = 0;; ++i) {
    const bool isLast = i + 1 == copies.size();
    try {
      return accept(readBytes(volume_, copies[i], super_.nodeSize), ref);
    } catch (const Unproven&) {
      if (isLast) throw;
    } catch (const Error& error) {
      // A second copy is what the filesystem itself would read now.
      if (isLast || error.kind() != ErrorKind::Read) throw;
    }
  }
}

void TreeReader::walk(const NodeRef& root, const Key& from, const Key& to, const Visit& visit) {
  walkNode(read(root), from, to, visit);
}

void TreeReader::walkNode(const Node& node, const Key& from, const Key& to, const Visit& visit) {
  if (node.level() == 0) {
    for (std::uint32_t i = 0; i < node.items(); ++i) {
      const Key key = node.key(i);
      if (key >= from && key <= to) visit(key, node.item(i));
    }
    return;
  }
  // The last child that begins at or before `from` may hold what comes after it.
  const std::uint32_t upToFrom = node.countUpTo(from);
  const std::uint32_t begin = upToFrom == 0 ? 0 : upToFrom - 1;
  const std::uint32_t end = node.countUpTo(to);
  if (node.level() == 1) return walkLeaves(node, begin, end, from, to, visit);
  for (std::uint32_t i = begin; i < end; ++i) walkNode(read(node.child(i)), from, to, visit);
}

void TreeReader::walkLeaves(const Node& node, std::uint32_t begin, std::uint32_t end,
                            const Key& from, const Key& to, const Visit& visit) {
  const auto together = static_cast<std::uint32_t>(kAhead / super_.nodeSize);
  std::vector<NodeRef> refs;
  for (std::uint32_t i = begin; i < end; i += together) {
    refs.clear();
    for (std::uint32_t k = i; k < end && k < i + together; ++k) refs.push_back(node.child(k));
    auto blocks = readAhead(refs);
    for (std::size_t k = 0; k < refs.size(); ++k) {
      Node leaf;
      try {
        if (blocks[k].empty()) throw Unproven{};
        leaf = accept(std::move(blocks[k]), refs[k]);
      } catch (const Unproven&) {
        leaf = read(refs[k]);  // from its other copy, if there is one; it says what is wrong
      }
      walkNode(leaf, from, to, visit);
    }
  }
}

// The first copy of each; empty where there is none, or where it could not be read.
std::vector<std::vector<std::byte>> TreeReader::readAhead(const std::vector<NodeRef>& refs) const {
  const std::uint64_t size = super_.nodeSize;
  std::vector<std::vector<std::byte>> out(refs.size());
  std::vector<std::pair<std::uint64_t, std::size_t>> places;
  for (std::size_t i = 0; i < refs.size(); ++i) {
    if (refs[i].logical % super_.sectorSize != 0) continue;
    const auto copies = chunks_.copiesOf({refs[i].logical, size});
    if (!copies.empty()) places.emplace_back(copies.front(), i);
  }
  std::sort(places.begin(), places.end());
  std::vector<std::byte> buffer;
  for (std::size_t i = 0; i < places.size();) {
    const std::uint64_t start = places[i].first;
    std::size_t next = i + 1;
    while (next < places.size() &&
           places[next].first <= places[next - 1].first + size + kReadAcross &&
           places[next].first + size - start <= kLongestRead) {
      ++next;
    }
    buffer.resize(static_cast<std::size_t>(places[next - 1].first + size - start));
    try {
      volume_.read(start, buffer);
      for (std::size_t k = i; k < next; ++k) {
        const auto at = buffer.begin() + static_cast<std::ptrdiff_t>(places[k].first - start);
        out[places[k].second].assign(at, at + static_cast<std::ptrdiff_t>(size));
      }
    } catch (const Error& error) {
      // One bad sector among them: each is then read by itself.
      if (error.kind() != ErrorKind::Read) throw;
    }
    i = next;
  }
  return out;
}

std::optional<std::pair<Key, std::vector<std::byte>>> TreeReader::last(const NodeRef& root,
                                                                       const Key& key) {
  Node node = read(root);
  for (;;) {
    const std::uint32_t count = node.countUpTo(key);
    if (count == 0) return std::nullopt;
    if (node.level() == 0) {
      const auto item = node.item(count - 1);
      return std::pair(node.key(count - 1), std::vector<std::byte>(item.begin(), item.end()));
    }
    node = read(node.child(count - 1));
  }
}

}  // namespace disktwin::fs::btrfs
