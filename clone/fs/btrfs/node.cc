#include <fmt/format.h>

#include "clone/fs/btrfs/checksum.h"
#include "clone/fs/btrfs/super.h"
#include "clone/fs/btrfs/tree.h"
#include "clone/fs/btrfs/unproven.h"

namespace disktwin::fs::btrfs {
namespace {

[[noreturn]] void refuse(const NodeRef& ref, const char* what) {
  throw Unproven{fmt::format("the block at {} of tree {} {}", ref.logical, ref.owner, what)};
}

}  // namespace

Node::Node(std::vector<std::byte> bytes, const NodeRef& ref, const Super& super)
    : bytes_(std::move(bytes)), ref_(ref) {
  requireHeader(super);
  items_ = structAt<Header>(bytes_, 0).items;
  const std::size_t entry = ref_.level == 0 ? sizeof(LeafItem) : sizeof(NodePointer);
  if (items_ > (bytes_.size() - sizeof(Header)) / entry) refuse(ref_, "has too many items");
  if (items_ == 0 && (ref_.first || ref_.level != 0)) refuse(ref_, "is empty");
  requireKeys();
  if (ref_.level == 0) requireItems();
}

// "btrfs_validate_extent_buffer()", fs/btrfs/disk-io.c.
void Node::requireHeader(const Super& super) const {
  if (!checksumFits(super.checksumType, bytes_)) refuse(ref_, "is damaged: its checksum is wrong");
  const auto header = structAt<Header>(bytes_, 0);
  if (header.fsid != metadataUuidOf(super)) refuse(ref_, "belongs to another filesystem");
  if (header.bytenr != ref_.logical) refuse(ref_, "belongs to another place");
  if (header.generation != ref_.generation) refuse(ref_, "is of another generation");
  if (header.generation > super.generation) refuse(ref_, "is newer than the superblock");
  if (header.owner != ref_.owner) refuse(ref_, "belongs to another tree");
  if (header.level != ref_.level) refuse(ref_, "is of another level");
}

// "__btrfs_check_leaf()", "__btrfs_check_node()" and "btrfs_verify_level_key()".
void Node::requireKeys() const {
  if (ref_.first && key(0) != *ref_.first) refuse(ref_, "does not begin as its parent says");
  for (std::uint32_t i = 0; i < items_; ++i) {
    if (i > 0 && key(i - 1) >= key(i)) refuse(ref_, "is not sorted");
    if (key(i) >= ref_.end) refuse(ref_, "has keys that belong into the next");
  }
}

// The content of items lies without gaps, the first one at the end of the leaf.
void Node::requireItems() const {
  std::uint64_t end = bytes_.size() - sizeof(Header);
  const std::uint64_t tableEnd = std::uint64_t{items_} * sizeof(LeafItem);
  for (std::uint32_t i = 0; i < items_; ++i) {
    const auto entry = structAt<LeafItem>(bytes_, sizeof(Header) + i * sizeof(LeafItem));
    const std::uint64_t offset = entry.offset;
    if (offset + entry.size != end || offset < tableEnd) refuse(ref_, "has misplaced items");
    end = offset;
  }
}

Key Node::key(std::uint32_t i) const {
  const std::size_t entry = ref_.level == 0 ? sizeof(LeafItem) : sizeof(NodePointer);
  return structAt<DiskKey>(bytes_, sizeof(Header) + i * entry).value();
}

std::span<const std::byte> Node::item(std::uint32_t i) const {
  const auto entry = structAt<LeafItem>(bytes_, sizeof(Header) + i * sizeof(LeafItem));
  return std::span(bytes_).subspan(sizeof(Header) + entry.offset, entry.size);
}

NodeRef Node::child(std::uint32_t i) const {
  const auto pointer = structAt<NodePointer>(bytes_, sizeof(Header) + i * sizeof(NodePointer));
  NodeRef out;
  out.logical = pointer.block;
  out.generation = pointer.generation;
  out.owner = ref_.owner;
  out.level = static_cast<std::uint8_t>(ref_.level - 1);
  out.first = pointer.key.value();
  out.end = i + 1 < items_ ? key(i + 1) : ref_.end;
  return out;
}

std::uint32_t Node::countUpTo(const Key& wanted) const {
  std::uint32_t low = 0;
  std::uint32_t high = items_;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (key(middle) <= wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace disktwin::fs::btrfs
