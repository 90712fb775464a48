#include "clone/table/layout.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "clone/table/gpt/gpt.h"
#include "clone/table/mbr/mbr.h"
#include "platform/error.h"

namespace disktwin::table {
namespace {

void appendUtf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

constexpr bool isHighSurrogate(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
constexpr bool isLowSurrogate(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

std::uint64_t saturatingProduct(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::uint64_t>::max()
                                                : product;
}

}  // namespace

const char* kindName(TableKind kind) {
  switch (kind) {
    case TableKind::None:
      return "none";
    case TableKind::Mbr:
      return "mbr";
    case TableKind::Gpt:
      return "gpt";
  }
  return "none";
}

std::string Partition::name() const {
  std::string out;
  for (std::size_t i = 0; i < nameUnits.size() && nameUnits[i] != 0; ++i) {
    const std::uint32_t unit = nameUnits[i];
    const std::uint32_t next = i + 1 < nameUnits.size() ? nameUnits[i + 1] : 0;
    if (isHighSurrogate(unit) && isLowSurrogate(next)) {
      appendUtf8(out, 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00));
      ++i;
    } else if (isHighSurrogate(unit) || isLowSurrogate(unit)) {
      appendUtf8(out, 0xFFFD);
    } else {
      appendUtf8(out, unit);
    }
  }
  return out;
}

bool Layout::isFatal() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::Fatal; });
}

bool Layout::isHybrid() const {
  if (kind != TableKind::Gpt) return false;
  const auto used = std::count_if(mbr.entries.begin(), mbr.entries.end(),
                                  [](const MbrEntry& entry) { return !entry.isEmpty(); });
  const bool foreign = std::any_of(
      mbr.entries.begin(), mbr.entries.end(),
      [](const MbrEntry& entry) { return !entry.isEmpty() && entry.type != mbr::kProtective; });
  return foreign || used > 1;
}

const Partition* Layout::find(std::uint32_t number) const {
  for (const Partition& partition : partitions) {
    if (partition.number == number) return &partition;
  }
  return nullptr;
}

Extent Layout::bytesOf(const Partition& partition) const {
  const std::uint64_t offset = saturatingProduct(partition.firstLba, sectorSize);
  const std::uint64_t length = saturatingProduct(partition.lbaCount, sectorSize);
  return {offset, std::min(length, std::numeric_limits<std::uint64_t>::max() - offset)};
}

bool operator==(const Layout& a, const Layout& b) {
  const auto value = [](const Layout& l) {
    return std::tie(l.kind, l.sectorSize, l.sectorCount, l.mbr, l.gpt, l.partitions, l.emptyEbrs);
  };
  return value(a) == value(b);
}

std::vector<TableBlock> encode(const Layout& layout) {
  if (layout.isFatal()) {
    throw Error(ErrorKind::Invalid, "partition table",
                "contradicts itself, so it cannot be written again");
  }
  switch (layout.kind) {
    case TableKind::None:
      return {};
    case TableKind::Mbr:
      return mbr::encode(layout);
    case TableKind::Gpt:
      return gpt::encode(layout);
  }
  return {};
}

ExtentSet tableExtents(const Layout& layout) {
  std::vector<Extent> sectors;
  if (layout.kind == TableKind::Mbr) sectors = mbr::places(layout);
  if (layout.kind == TableKind::Gpt) sectors = gpt::places(layout);
  ExtentSet out;
  for (const Extent& place : sectors) {
    // A fatal layout may name places that do not exist; a healthy one has none of those.
    if (!extentFits(place.offset, place.length, layout.sectorCount)) continue;
    out.add({place.offset * layout.sectorSize, place.length * layout.sectorSize});
  }
  return out;
}

}  // namespace disktwin::table
