// A tiny volume with a page file whose every part a test may change, for tests of what speaks
// against it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/fs/ntfs/tiny_volume.h"
#include "tests/support/catch.h"

namespace disktwin::fs::ntfs::tiny {

inline constexpr std::uint64_t kSequence = 1ULL
                                           << 48;  // every record of the tiny volume bears number 1
inline constexpr std::uint64_t kRecord = 40;
inline constexpr std::uint64_t kPages = TinyVolume::kPages;
inline constexpr std::uint64_t kMorePages = TinyVolume::kMorePages;
inline constexpr std::uint64_t kSize = 25 * TinyVolume::kCluster - 7;
inline constexpr std::size_t kAllocatedSize = 40;  // in an attribute

inline ExtentSet bothExtents() {
  return unite({TinyVolume::bytesOf(kPages, 20)}, {TinyVolume::bytesOf(kMorePages, 5)});
}

inline Bytes dataOf(const std::vector<Run>& runs, std::uint64_t size = kSize) {
  return nonResident(AttributeType::Data, runs, size);
}

template <typename T>
void set(Bytes& bytes, std::size_t offset, const T& value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

// As TinyVolume::putPageFile(), with everything to be changed before it is put there.
struct PageFile {
  TinyVolume volume;
  std::u16string indexName = u"pagefile.sys";
  std::uint64_t reference = kRecord | kSequence;
  Bytes information = standardInformation(6);
  Bytes name = fileName(u"pagefile.sys");
  Bytes data = dataOf({{0, kPages, 20}, {20, kMorePages, 5}});
  std::vector<Bytes> more{};
  std::uint16_t flags = kRecordInUse;
  std::uint64_t base = 0;

  PageFile() {
    volume.mark(kPages, 20);
    volume.mark(kMorePages, 5);
  }

  void put() {
    const std::vector<Bytes> entries{indexEntry(indexName, reference), indexEntry({}, 0)};
    volume.putRecord(kRootRecord,
                     {resident(AttributeType::IndexRoot, indexRoot(entries), u"$I30")});
    std::vector<Bytes> attributes{information, name, data};
    attributes.insert(attributes.end(), more.begin(), more.end());
    volume.putRecord(kRecord, attributes, flags, base);
  }
  ExtentSet pages() {
    put();
    return volume.open()->pageFiles();
  }
  std::byte& recordByte(std::size_t offset) {
    return volume.at(TinyVolume::kMft + kRecord, offset);
  }
};

using Change = void (*)(PageFile&);
using Changes = std::vector<std::pair<const char*, Change>>;

// Each change by itself is enough to leave the file alone.
inline void requireNothing(const Changes& changes) {
  for (const auto& [name, change] : changes) {
    INFO(name);
    PageFile file;
    change(file);
    CHECK(file.pages().empty());
  }
}

}  // namespace disktwin::fs::ntfs::tiny
