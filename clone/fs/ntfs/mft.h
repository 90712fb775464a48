// The master file table: records by number, attributes by name.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "clone/fs/ntfs/record.h"
#include "clone/fs/ntfs/stream.h"

namespace disktwin::fs::ntfs {

// A record with the bytes that it is a view of.
struct OwnedRecord {
  OwnedRecord(std::vector<std::byte> raw, std::uint64_t number)
      : bytes(std::move(raw)), record(bytes, number) {}
  OwnedRecord(const OwnedRecord&) = delete;
  OwnedRecord& operator=(const OwnedRecord&) = delete;

  std::vector<std::byte> bytes;
  Record record;
};

// Immutable once constructed. The volume must outlive it. Everything throws Damage.
class Mft {
 public:
  Mft(const BlockReader& volume, const Geometry& geometry);

  const Geometry& geometry() const { return geometry_; }
  const BlockReader& volume() const { return *volume_; }
  const Stream& data() const { return data_; }
  // Records up to the last one that was ever written.
  std::uint64_t recordCount() const { return data_.initializedSize() / geometry_.recordSize; }

  OwnedRecord record(std::uint64_t number) const;
  // The attribute of a base record that is in use, its extents in other records included; nullopt
  // when there is none of that type and name.
  std::optional<Stream> find(std::uint64_t number, AttributeType type,
                             std::u16string_view name = {}) const;
  // The same, but it has to be there.
  Stream get(std::uint64_t number, AttributeType type, std::u16string_view name = {}) const;

 private:
  bool assemble(const Record& base, AttributeType type, std::u16string_view name,
                Stream& out) const;

  const BlockReader* volume_;
  Geometry geometry_;
  Stream data_;
};

}  // namespace disktwin::fs::ntfs
