#include "clone/fs/ntfs/runlist.h"

#include <fmt/format.h>

#include "clone/fs/ntfs/damage.h"
#include "platform/extent.h"

namespace disktwin::fs::ntfs {

namespace {

// VCNs are signed 64-bit numbers on disk.
constexpr std::uint64_t kVcnLimit = 1ULL << 63;

// A little-endian two's complement number of 1 to 8 bytes, as its 64-bit pattern.
std::uint64_t signedNumber(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
  }
  const bool negative = (bytes.back() & std::byte{0x80}) != std::byte{0};
  if (negative && bytes.size() < 8) value |= ~0ULL << (8 * bytes.size());
  return value;
}

}  // namespace

// Linux-NTFS documentation, "Data runs": a header byte (low nibble: bytes of the length, high
// nibble: bytes of the distance from the run before), both numbers signed; 0 ends the list.
std::vector<Run> decodeRuns(std::span<const std::byte> pairs, std::uint64_t firstVcn,
                            std::uint64_t endVcn, std::uint64_t clusters) {
  if (endVcn > kVcnLimit || firstVcn > endVcn) {
    throw Damage{fmt::format("a run list claims to map clusters {} to {}", firstVcn, endVcn)};
  }
  std::vector<Run> out;
  std::uint64_t vcn = firstVcn;
  std::uint64_t lcn = 0;
  std::size_t at = 0;
  while (at < pairs.size() && pairs[at] != std::byte{0}) {
    const auto header = std::to_integer<unsigned>(pairs[at++]);
    const std::size_t lengthBytes = header & 0xF;
    const std::size_t distanceBytes = header >> 4;
    if (lengthBytes == 0 || lengthBytes > 8 || distanceBytes > 8 ||
        pairs.size() - at < lengthBytes + distanceBytes) {
      throw Damage{fmt::format("a run list holds the invalid header {:#04x}", header)};
    }
    const std::uint64_t length = signedNumber(pairs.subspan(at, lengthBytes));
    at += lengthBytes;
    // Negative lengths have become huge ones by the conversion.
    if (length == 0 || length > endVcn - vcn) {
      throw Damage{
          fmt::format("a run list does not map {} clusters as announced", endVcn - firstVcn)};
    }
    Run run{vcn, Run::kHole, length};
    if (distanceBytes != 0) {
      // Unsigned arithmetic wraps; a position outside the volume is caught right below.
      lcn += signedNumber(pairs.subspan(at, distanceBytes));
      at += distanceBytes;
      if (!extentFits(lcn, length, clusters)) {
        throw Damage{fmt::format("a run of {} clusters at cluster {} leaves the volume of {}",
                                 length, lcn, clusters)};
      }
      run.lcn = lcn;
    }
    out.push_back(run);
    vcn += length;
  }
  if (vcn != endVcn) {
    throw Damage{fmt::format("a run list maps {} clusters, announced were {}", vcn - firstVcn,
                             endVcn - firstVcn)};
  }
  return out;
}

}  // namespace disktwin::fs::ntfs
