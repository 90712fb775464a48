#include "clone/fs/ntfs/record.h"

#include <fmt/format.h>

#include "clone/fs/ntfs/damage.h"
#include "clone/io/block_reader.h"
#include "platform/extent.h"

namespace disktwin::fs::ntfs {

namespace {

// Copies the head of a structure of which `have` bytes belong to it.
template <typename T>
T headOf(std::span<const std::byte> bytes, std::string_view what) {
  if (bytes.size() < sizeof(T)) throw Damage{fmt::format("{} is too short", what)};
  return structAt<T>(bytes, 0);
}

void parseResident(std::span<const std::byte> bytes, Attribute& out) {
  const auto head = headOf<ResidentHeader>(bytes, "an attribute");
  if (!extentFits(head.valueOffset, head.valueLength, bytes.size())) {
    throw Damage{"the value of an attribute lies outside of it"};
  }
  out.value = bytes.subspan(head.valueOffset, head.valueLength);
}

void parseNonResident(std::span<const std::byte> bytes, Attribute& out) {
  const auto head = headOf<NonResidentHeader>(bytes, "an attribute");
  if (head.runsOffset < sizeof head || head.runsOffset > bytes.size()) {
    throw Damage{"the run list of an attribute lies outside of it"};
  }
  out.firstVcn = head.lowestVcn;
  out.endVcn = head.highestVcn + 1;  // the highest VCN of an empty attribute is -1
  out.allocatedSize = head.allocatedSize;
  out.dataSize = head.dataSize;
  out.initializedSize = head.initializedSize;
  out.pairs = bytes.subspan(head.runsOffset);
}

Attribute parseAttribute(std::span<const std::byte> bytes) {
  const auto head = structAt<AttributeHeader>(bytes, 0);
  if (!extentFits(head.nameOffset, 2ULL * head.nameLength, bytes.size())) {
    throw Damage{"the name of an attribute lies outside of it"};
  }
  Attribute out;
  out.type = static_cast<AttributeType>(head.type.value());
  out.name = utf16At(bytes, head.nameOffset, head.nameLength);
  out.flags = head.flags;
  out.instance = head.instance;
  out.nonResident = head.nonResident != 0;
  if (out.nonResident) {
    parseNonResident(bytes, out);
  } else {
    parseResident(bytes, out);
  }
  return out;
}

}  // namespace

bool hasMagic(std::span<const std::byte> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

std::u16string utf16At(std::span<const std::byte> bytes, std::size_t offset, std::size_t units) {
  std::u16string out(units, u'\0');
  for (std::size_t i = 0; i < units; ++i) {
    out[i] = static_cast<char16_t>(structAt<le16>(bytes, offset + 2 * i).value());
  }
  return out;
}

// Linux-NTFS documentation, "Fixup": the last word of each stride is kept in the array, and the
// array's first word stands in its place. Where it does not, the stride was written at another
// time.
void undoFixups(std::span<std::byte> bytes, std::string_view what) {
  const auto head = headOf<ProtectedHeader>(bytes, what);
  const std::size_t strides = bytes.size() / kFixupStride;
  const std::size_t offset = head.arrayOffset;
  if (strides == 0 || bytes.size() % kFixupStride != 0 || head.arrayCount != strides + 1 ||
      offset % 2 != 0 || offset < sizeof head ||
      !extentFits(offset, 2 * (strides + 1), kFixupStride - 2)) {
    throw Damage{fmt::format("{} has no valid update sequence", what)};
  }
  const auto mark = structAt<le16>(bytes, offset);
  for (std::size_t i = 1; i <= strides; ++i) {
    const std::size_t last = i * kFixupStride - 2;
    if (structAt<le16>(bytes, last) != mark) {
      throw Damage{
          fmt::format("{} was written only in part (update sequence does not match)", what)};
    }
    std::memcpy(&bytes[last], &bytes[offset + 2 * i], 2);
  }
}

Record::Record(std::span<std::byte> bytes, std::uint64_t number) : bytes_(bytes), number_(number) {
  const std::string what = fmt::format("MFT record {}", number);
  if (!hasMagic(bytes, "FILE")) {
    throw Damage{fmt::format("{} does not begin with \"FILE\"", what)};
  }
  undoFixups(bytes, what);
  header_ = headOf<RecordHeader>(bytes, what);
  if (header_.bytesInUse > bytes.size() || header_.attributesOffset < sizeof header_ ||
      header_.attributesOffset % 8 != 0) {
    throw Damage{fmt::format("{} has an invalid header", what)};
  }
  bytes_ = bytes_.first(header_.bytesInUse);
}

std::vector<Attribute> Record::attributes() const {
  std::vector<Attribute> out;
  std::size_t at = header_.attributesOffset;
  const auto wrong = [&](std::string_view why) {
    return Damage{fmt::format("MFT record {}, offset {}: {}", number_, at, why)};
  };
  while (true) {
    if (!extentFits(at, sizeof(le32), bytes_.size())) throw wrong("the attributes do not end");
    if (structAt<le32>(bytes_, at) == static_cast<std::uint32_t>(AttributeType::End)) return out;
    if (!extentFits(at, sizeof(AttributeHeader), bytes_.size())) throw wrong("cut short");
    const std::size_t length = structAt<AttributeHeader>(bytes_, at).length;
    if (length < sizeof(AttributeHeader) || length % 8 != 0 ||
        !extentFits(at, length, bytes_.size())) {
      throw wrong("an attribute has an invalid length");
    }
    try {
      out.push_back(parseAttribute(bytes_.subspan(at, length)));
    } catch (const Damage& damage) {
      throw wrong(damage.why);
    }
    at += length;
  }
}

std::optional<Attribute> Record::find(AttributeType type, std::u16string_view name) const {
  for (Attribute& attribute : attributes()) {
    if (attribute.is(type, name)) return std::move(attribute);
  }
  return std::nullopt;
}

}  // namespace disktwin::fs::ntfs
