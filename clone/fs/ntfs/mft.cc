#include "clone/fs/ntfs/mft.h"

#include <fmt/format.h>

#include "clone/fs/ntfs/attribute_list.h"
#include "clone/fs/ntfs/damage.h"

namespace disktwin::fs::ntfs {

namespace {

std::vector<std::byte> listBytes(const Attribute& list, const BlockReader& volume,
                                 const Geometry& geometry) {
  // The list itself always lies in the base record, and in one extent.
  Stream stream(volume, geometry);
  stream.add(list);
  stream.finish();
  if (stream.size() > kLargestList) {
    throw Damage{fmt::format("an attribute list has {} bytes, at most {} are possible",
                             stream.size(), kLargestList)};
  }
  std::vector<std::byte> out(static_cast<std::size_t>(stream.size()));
  stream.read(0, out);
  return out;
}

const Attribute& only(const std::vector<Attribute>& all, const ListedAttribute& wanted) {
  for (const Attribute& attribute : all) {
    if (attribute.is(wanted.type, wanted.name) && attribute.instance == wanted.instance &&
        attribute.firstVcn == wanted.firstVcn) {
      return attribute;
    }
  }
  throw Damage{fmt::format("MFT record {} lacks an attribute that a list places there",
                           recordNumber(wanted.reference))};
}

void requireExtensionOf(const Record& base, const Record& extension, std::uint64_t reference) {
  const bool sameSequence = extension.sequence() == recordSequence(reference);
  if (!extension.inUse() || !sameSequence || recordNumber(extension.base()) != base.number() ||
      recordSequence(extension.base()) != base.sequence()) {
    throw Damage{fmt::format("MFT record {} is listed as a part of record {}, but says otherwise",
                             extension.number(), base.number())};
  }
}

}  // namespace

// The first extent of the MFT lies in its own record 0, and every further one in a record that the
// extents before already map; so the table is read by means of itself while it grows.
Mft::Mft(const BlockReader& volume, const Geometry& geometry)
    : volume_(&volume), geometry_(geometry), data_(volume, geometry) {
  const Extent first = geometry.bytesOf(geometry.mftLcn, 1);
  if (!extentFits(first.offset, geometry.recordSize, geometry.bytes())) {
    throw Damage{"the MFT begins at the very end of the volume"};
  }
  const OwnedRecord base(readBytes(volume, first.offset, geometry.recordSize), kMftRecord);
  if (!base.record.inUse() || base.record.base() != 0) {
    throw Damage{"MFT record 0 does not describe the MFT"};
  }
  if (!assemble(base.record, AttributeType::Data, {}, data_)) {
    throw Damage{"MFT record 0 has no data attribute"};
  }
  if (data_.runs().empty() || data_.runs().front().lcn != geometry.mftLcn) {
    throw Damage{"the boot sector and the MFT do not agree where the MFT begins"};
  }
  if (!data_.isPlain() || data_.hasHoleBelow(data_.size())) {
    throw Damage{"the MFT is described as compressed, encrypted or sparse"};
  }
}

OwnedRecord Mft::record(std::uint64_t number) const {
  if (number >= recordCount()) {
    throw Damage{fmt::format("MFT record {} is needed, there are only {}", number, recordCount())};
  }
  std::vector<std::byte> bytes(geometry_.recordSize);
  data_.read(number * geometry_.recordSize, bytes);
  return {std::move(bytes), number};
}

bool Mft::assemble(const Record& base, AttributeType type, std::u16string_view name,
                   Stream& out) const {
  const std::vector<Attribute> own = base.attributes();
  const Attribute* list = nullptr;
  bool found = false;
  for (const Attribute& attribute : own) {
    if (attribute.type == AttributeType::List) list = &attribute;
  }
  if (list == nullptr) {
    for (const Attribute& attribute : own) {
      if (!attribute.is(type, name)) continue;
      out.add(attribute);
      found = true;
    }
  } else {
    for (const ListedAttribute& entry : parseAttributeList(listBytes(*list, *volume_, geometry_))) {
      if (entry.type != type || entry.name != name) continue;
      found = true;
      if (recordNumber(entry.reference) == base.number()) {
        out.add(only(own, entry));
        continue;
      }
      const OwnedRecord extension = record(recordNumber(entry.reference));
      requireExtensionOf(base, extension.record, entry.reference);
      const std::vector<Attribute> theirs = extension.record.attributes();
      out.add(only(theirs, entry));
    }
  }
  if (found) out.finish();
  return found;
}

std::optional<Stream> Mft::find(std::uint64_t number, AttributeType type,
                                std::u16string_view name) const {
  const OwnedRecord base = record(number);
  if (!base.record.inUse() || base.record.base() != 0) {
    throw Damage{fmt::format("MFT record {} is not in use", number)};
  }
  Stream out(*volume_, geometry_);
  if (!assemble(base.record, type, name, out)) return std::nullopt;
  return out;
}

Stream Mft::get(std::uint64_t number, AttributeType type, std::u16string_view name) const {
  std::optional<Stream> out = find(number, type, name);
  if (!out) {
    throw Damage{fmt::format("MFT record {} lacks its attribute {:#x}", number,
                             static_cast<std::uint32_t>(type))};
  }
  return *std::move(out);
}

}  // namespace disktwin::fs::ntfs
