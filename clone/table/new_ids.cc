#include "clone/table/new_ids.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace disktwin::table {
namespace {

// RFC 4122, section 4.4. The third field of a GPT's GUID is little-endian, so its upper byte is the
// second one.
Guid guidOf(std::array<std::uint8_t, 16> bytes) {
  bytes[7] = static_cast<std::uint8_t>((bytes[7] & 0x0F) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  return {bytes};
}

// Zero stands for none.
std::uint32_t signatureOf(const std::array<std::uint8_t, 16>& bytes) {
  for (std::size_t i = 0; i < bytes.size(); i += 4) {
    const std::uint32_t value = static_cast<std::uint32_t>(bytes[i]) << 24 |
                                static_cast<std::uint32_t>(bytes[i + 1]) << 16 |
                                static_cast<std::uint32_t>(bytes[i + 2]) << 8 | bytes[i + 3];
    if (value != 0) return value;
  }
  return 1;
}

}  // namespace

Layout withNewIds(const Layout& layout, const IdSource& source) {
  Layout out = layout;
  const bool isGpt = layout.kind == TableKind::Gpt;
  if (layout.kind == TableKind::Mbr || (isGpt && layout.mbr.diskSignature != 0)) {
    out.mbr.diskSignature =
        signatureOf(source("signature", fmt::format("{:08x}", layout.mbr.diskSignature)));
  }
  if (!isGpt) return out;
  out.gpt.diskId = guidOf(source("disk", layout.gpt.diskId.toString()));
  for (Partition& partition : out.partitions) {
    partition.id =
        guidOf(source(fmt::format("partition {}", partition.number), partition.id.toString()));
  }
  return out;
}

Layout withIdsOf(const Layout& layout, const Layout& other) {
  Layout out = layout;
  out.mbr.diskSignature = other.mbr.diskSignature;
  out.gpt.diskId = other.gpt.diskId;
  for (Partition& partition : out.partitions) {
    if (const Partition* there = other.find(partition.number)) partition.id = there->id;
  }
  return out;
}

std::string partUuidOf(const Layout& layout, const Partition& partition) {
  if (layout.kind == TableKind::Mbr) {
    return fmt::format("{:08x}-{:02x}", layout.mbr.diskSignature, partition.number);
  }
  std::string out = layout.kind == TableKind::Gpt ? partition.id.toString() : std::string();
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace disktwin::table
