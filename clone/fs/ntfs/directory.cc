#include "clone/fs/ntfs/directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <compare>

#include "clone/fs/ntfs/damage.h"

namespace disktwin::fs::ntfs {

namespace {

// Each level multiplies the number of names by ten at the very least; nothing real is this deep.
constexpr int kDeepest = 16;
constexpr std::uint32_t kLargestBlock = 64 * 1024;

// "COLLATION_FILE_NAME" compares in upper case by the volume's $UpCase. That table maps no other
// character onto ASCII, so folding ASCII alone orders any name rightly against an ASCII one.
char16_t upper(char16_t c) {
  return c >= u'a' && c <= u'z' ? static_cast<char16_t>(c - u'a' + u'A') : c;
}

std::strong_ordering compareNames(std::u16string_view a, std::u16string_view b) {
  return std::lexicographical_compare_three_way(
      a.begin(), a.end(), b.begin(), b.end(),
      [](char16_t x, char16_t y) { return upper(x) <=> upper(y); });
}

// What the entries of one node say about a name.
struct Step {
  std::optional<std::uint64_t> found;  // the reference
  std::optional<std::uint64_t> child;  // the VCN of the node below
};

Damage wrongIndex(std::string_view why) {
  return Damage{fmt::format("the index of the root directory is damaged: {}", why)};
}

std::u16string keyOf(std::span<const std::byte> entry, std::size_t keyLength) {
  constexpr std::size_t kKeyAt = sizeof(IndexEntry);
  if (keyLength < sizeof(FileNameKey) || !extentFits(kKeyAt, keyLength, entry.size())) {
    throw wrongIndex("an entry is too short for a name");
  }
  const auto key = structAt<FileNameKey>(entry, kKeyAt);
  if (!extentFits(sizeof key, 2ULL * key.nameLength, keyLength)) {
    throw wrongIndex("a name passes the end of its entry");
  }
  return utf16At(entry, kKeyAt + sizeof key, key.nameLength);
}

std::optional<std::uint64_t> childOf(std::span<const std::byte> entry, std::uint16_t flags) {
  if ((flags & kEntryHasChild) == 0) return std::nullopt;
  if (entry.size() < sizeof(IndexEntry) + sizeof(le64)) throw wrongIndex("an entry is too short");
  return structAt<le64>(entry, entry.size() - sizeof(le64));
}

// `node` begins with the IndexHeader.
Step searchNode(std::span<const std::byte> node, std::u16string_view name) {
  const auto head = structAt<IndexHeader>(node, 0);
  if (head.indexLength > node.size()) throw wrongIndex("a node passes its end");
  node = node.first(head.indexLength);
  std::size_t at = head.entriesOffset;
  while (true) {
    if (!extentFits(at, sizeof(IndexEntry), node.size())) throw wrongIndex("a node has no end");
    const auto entry = structAt<IndexEntry>(node, at);
    if (entry.length < sizeof entry || !extentFits(at, entry.length, node.size())) {
      throw wrongIndex("an entry has an invalid length");
    }
    const auto bytes = node.subspan(at, entry.length);
    if ((entry.flags & kEntryIsLast) != 0) return {std::nullopt, childOf(bytes, entry.flags)};
    const auto order = compareNames(name, keyOf(bytes, entry.keyLength));
    if (order == 0) return {entry.reference.value(), std::nullopt};
    if (order < 0) return {std::nullopt, childOf(bytes, entry.flags)};
    at += entry.length;
  }
}

std::vector<std::byte> readBlock(const Stream& blocks, std::uint64_t vcn, std::uint32_t blockSize,
                                 std::uint32_t clusterSize) {
  // "INDEX_BLOCK": counted in clusters, or in 512 bytes where a cluster is larger than a block.
  const std::uint64_t unit = clusterSize <= blockSize ? clusterSize : kFixupStride;
  if (vcn > blocks.size() / unit || !extentFits(vcn * unit, blockSize, blocks.size())) {
    throw wrongIndex("a node lies beyond its end");
  }
  std::vector<std::byte> out(blockSize);
  blocks.read(vcn * unit, out);
  if (!hasMagic(out, "INDX")) throw wrongIndex("a node does not begin with \"INDX\"");
  undoFixups(out, "a node of the root directory");
  if (structAt<IndexBlock>(out, 0).vcn != vcn) throw wrongIndex("a node is not where it belongs");
  return out;
}

}  // namespace

bool sameName(std::u16string_view a, std::u16string_view b) {
  return compareNames(a, b) == 0;
}

std::optional<std::uint64_t> findInRoot(const Mft& mft, std::u16string_view name) {
  const Stream rootStream = mft.get(kRootRecord, AttributeType::IndexRoot, u"$I30");
  if (rootStream.size() < sizeof(IndexRoot) || rootStream.size() > kLargestBlock) {
    throw wrongIndex("its root has an invalid size");
  }
  std::vector<std::byte> root(static_cast<std::size_t>(rootStream.size()));
  rootStream.read(0, root);
  const std::uint32_t blockSize = structAt<IndexRoot>(root, 0).blockSize;
  Step step = searchNode(std::span(root).subspan(offsetof(IndexRoot, index)), name);
  if (step.found || !step.child) return step.found;

  if (!std::has_single_bit(blockSize) || blockSize < kFixupStride || blockSize > kLargestBlock) {
    throw wrongIndex("its blocks have an invalid size");
  }
  const Stream blocks = mft.get(kRootRecord, AttributeType::IndexAllocation, u"$I30");
  for (int depth = 0; depth < kDeepest; ++depth) {
    const auto block = readBlock(blocks, *step.child, blockSize, mft.geometry().clusterSize);
    step = searchNode(std::span(block).subspan(offsetof(IndexBlock, index)), name);
    if (step.found || !step.child) return step.found;
  }
  throw wrongIndex("its nodes go in circles");
}

}  // namespace disktwin::fs::ntfs
