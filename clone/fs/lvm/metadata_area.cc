#include "clone/fs/lvm/metadata_area.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "clone/fs/lvm/checksum.h"
#include "clone/fs/lvm/ondisk.h"
#include "clone/fs/lvm/unproven.h"
#include "clone/io/checksum.h"

namespace disktwin::fs::lvm {
namespace {

// Some ten thousand logical volumes; LVM itself becomes unusable long before that.
constexpr std::uint64_t kLongestText = 16 * MiB;

[[noreturn]] void damaged(Extent area, const char* what) {
  throw Unproven{
      fmt::format("the metadata area at {} is damaged: {}; vgck --updatemetadata"
                  " repairs it",
                  area.offset, what)};
}

MetadataHeader readHeader(const BlockReader& volume, Extent area) {
  if (area.length < kSector) damaged(area, "it is shorter than its header");
  const auto sector = readBytes(volume, area.offset, kSector);
  const auto header = structAt<MetadataHeader>(sector, 0);
  // _raw_read_mda_header of lib/format_text/format-text.c.
  if (!checksumAgrees(header.checksum,
                      checksum(std::span(sector).subspan(sizeof header.checksum)))) {
    damaged(area, "the checksum of its header is wrong");
  }
  if (std::memcmp(header.magic.data(), kMetadataMagic, header.magic.size()) != 0) {
    damaged(area, "its header has another signature");
  }
  if (header.version != kMetadataVersion) damaged(area, "its version is unknown");
  if (header.start != area.offset || !extentFits(header.start, header.size, volume.size())) {
    damaged(area, "its header says that it lies elsewhere");
  }
  return header;
}

// _read_mda_header_and_metadata of the same file: a text that reaches the end of the area goes on
// behind the header.
std::string readText(const BlockReader& volume, Extent area, const RawLocation& where) {
  if (where.offset < kSector || where.offset >= area.length || where.size > kLongestText ||
      where.size > area.length - kSector) {
    damaged(area, "the text in it has no possible place");
  }
  std::string text(static_cast<std::size_t>(where.size), '\0');
  const auto bytes = std::as_writable_bytes(std::span(text));
  const auto first =
      static_cast<std::size_t>(std::min<std::uint64_t>(where.size, area.length - where.offset));
  volume.read(area.offset + where.offset, bytes.first(first));
  volume.read(area.offset + kSector, bytes.subspan(first));
  if (!checksumAgrees(where.checksum, checksum(bytes)))
    damaged(area, "the checksum of the text in it is wrong");
  return text;
}

}  // namespace

MetadataArea readMetadataArea(const BlockReader& volume, Extent area) {
  const MetadataHeader header = readHeader(volume, area);
  MetadataArea out;
  out.extent = {header.start, header.size};
  if ((header.committed.flags & kAreaIgnored) != 0) {
    out.isIgnored = true;
    return out;
  }
  // Which of the two layouts the data follows cannot be told by looking.
  if (header.precommitted.offset != 0) {
    throw Unproven{"a change of the volume group was interrupted, or is under way"};
  }
  if (header.committed.offset != 0) out.text = readText(volume, out.extent, header.committed);
  return out;
}

}  // namespace disktwin::fs::lvm
