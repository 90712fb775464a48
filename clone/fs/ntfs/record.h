// FILE records and the attributes in them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "clone/fs/ntfs/layout.h"
#include "clone/fs/ntfs/runlist.h"

namespace disktwin::fs::ntfs {

bool hasMagic(std::span<const std::byte> bytes, std::string_view magic);

// Verifies the update sequence of a multi-sector structure and puts the original words back. Throws
// Damage, calling it `what`, when a sector of it was not written with the others.
void undoFixups(std::span<std::byte> bytes, std::string_view what);

std::u16string utf16At(std::span<const std::byte> bytes, std::size_t offset, std::size_t units);

// A view into its record; every length in it has been checked.
struct Attribute {
  AttributeType type = AttributeType::End;
  std::u16string name;
  std::uint16_t flags = 0;
  std::uint16_t instance = 0;
  bool nonResident = false;

  std::span<const std::byte> value;  // resident only

  // Non-resident only. The sizes are meaningful in the extent that starts at VCN 0.
  std::uint64_t firstVcn = 0;
  std::uint64_t endVcn = 0;
  std::uint64_t allocatedSize = 0;
  std::uint64_t dataSize = 0;
  std::uint64_t initializedSize = 0;
  std::span<const std::byte> pairs;

  bool is(AttributeType t, std::u16string_view n) const { return type == t && name == n; }
};

// A view into bytes that must outlive it.
class Record {
 public:
  // Undoes the fixups in place. Throws Damage, naming the record by `number`.
  Record(std::span<std::byte> bytes, std::uint64_t number);

  std::uint64_t number() const { return number_; }
  bool inUse() const { return (flags() & kRecordInUse) != 0; }
  std::uint16_t flags() const { return header_.flags; }
  // Names that the file has.
  std::uint16_t links() const { return header_.links; }
  std::uint16_t sequence() const { return header_.sequence; }
  std::uint64_t base() const { return header_.baseRecord; }

  // In the order of the record. Throws Damage.
  std::vector<Attribute> attributes() const;
  // The first one of that type and name.
  std::optional<Attribute> find(AttributeType type, std::u16string_view name) const;

 private:
  std::span<const std::byte> bytes_;
  std::uint64_t number_;
  RecordHeader header_;
};

}  // namespace disktwin::fs::ntfs
