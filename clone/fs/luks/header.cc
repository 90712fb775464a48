#include "clone/fs/luks/header.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "clone/fs/luks/metadata.h"
#include "clone/fs/luks/ondisk.h"
#include "clone/io/checksum.h"
#include "clone/io/digest.h"
#include "platform/printable.h"

namespace disktwin::fs::luks {
namespace {

template <std::size_t N>
std::string text(const char (&field)[N]) {
  return printable({field, static_cast<std::size_t>(std::find(field, field + N, '\0') - field)});
}

std::optional<Start> startAt(const BlockReader& volume, std::uint64_t offset) {
  if (!extentFits(offset, sizeof(Start), volume.size())) return std::nullopt;
  return readStruct<Start>(volume, offset);
}

Header readVersion1(const BlockReader& volume) {
  Header out;
  out.version = 1;
  if (volume.size() < sizeof(Header1)) {
    out.problem = "it ends inside of its header";
    return out;
  }
  const auto header = readStruct<Header1>(volume, 0);
  out.uuid = text(header.uuid);
  out.areaEnd = header.payloadSector * kSector1;
  // Data on another device, and none here.
  if (header.payloadSector == 0) return out;
  out.segments.push_back({.type = "crypt", .offset = out.areaEnd, .length = std::nullopt});
  return out;
}

// One of the two headers of LUKS2.
struct Copy {
  Header2 header{};
  std::string json;
  std::string problem;
};

bool isPossibleSize(std::uint64_t size) {
  return std::find(std::begin(kSizes), std::end(kSizes), size) != std::end(kSizes);
}

// hdr_checksum_check of lib/luks2/luks2_disk_metadata.c: over all of it, with the checksum zeroed.
bool isWhole(std::vector<std::byte> bytes, const Header2& header) {
  std::fill_n(bytes.begin() + kChecksumAt, sizeof header.checksum, std::byte{0});
  return checksumAgrees(std::as_bytes(std::span(header.checksum)).first<32>(), sha256(bytes));
}

Copy readCopy(const BlockReader& volume, std::uint64_t offset) {
  Copy out;
  if (!extentFits(offset, sizeof(Header2), volume.size())) {
    out.problem = "it ends before its header does";
    return out;
  }
  out.header = readStruct<Header2>(volume, offset);
  const Header2& header = out.header;
  if (!isPossibleSize(header.size) || !extentFits(offset, header.size, volume.size()) ||
      header.offset != offset || (offset != 0 && header.size != offset)) {
    out.problem = "size or place of its header are impossible";
  } else if (text(header.checksumKind) != "sha256") {
    out.problem =
        fmt::format("its header has a checksum of an unknown kind, {}", text(header.checksumKind));
  } else {
    const auto bytes = readBytes(volume, offset, static_cast<std::size_t>(header.size));
    if (!isWhole(bytes, header)) out.problem = "the checksum of its header is wrong";
    const char* json = reinterpret_cast<const char*>(bytes.data()) + sizeof(Header2);
    out.json.assign(json, strnlen(json, bytes.size() - sizeof(Header2)));
  }
  return out;
}

// The place of the second header when the first one cannot say; 0 when there is none.
std::uint64_t findSecond(const BlockReader& volume) {
  for (const std::uint64_t offset : kSizes) {
    const auto start = startAt(volume, offset);
    if (!start || start->magic != kSecondaryMagic || start->version != 2) continue;
    if (!extentFits(offset, sizeof(Header2), volume.size())) continue;
    if (readStruct<Header2>(volume, offset).offset == offset) return offset;
  }
  return 0;
}

Header of(const Copy& copy) {
  Header out;
  out.version = 2;
  out.uuid = text(copy.header.uuid);
  out.label = text(copy.header.label);
  out.problem = copy.problem;
  if (out.problem.empty()) out.problem = readMetadata(copy.json, copy.header.size, out);
  return out;
}

// What cryptsetup does: the newer of two right headers counts, and it repairs the other one.
Header readVersion2(const BlockReader& volume) {
  const Copy first = readCopy(volume, 0);
  const std::uint64_t place =
      first.problem.empty() ? first.header.size.value() : findSecond(volume);
  const auto start = startAt(volume, place);
  if (place == 0 || !start || start->magic != kSecondaryMagic || start->version != 2) {
    Header out = of(first);
    out.problem = "its second header is missing; cryptsetup repair makes it anew";
    return out;
  }
  const Copy second = readCopy(volume, place);
  const bool firstCounts =
      first.problem.empty() &&
      (!second.problem.empty() || first.header.sequence >= second.header.sequence);
  Header out = of(firstCounts ? first : second);
  const std::string& damage = first.problem.empty() ? second.problem : first.problem;
  if (!damage.empty()) {
    // Nobody can tell whether the other one was the newer.
    out.problem =
        fmt::format("one of its two headers is damaged: {}; cryptsetup repair mends it", damage);
  } else if (first.header.sequence != second.header.sequence) {
    out.notes.emplace_back(
        "Its two headers are of different age; the newer one counts. Opening it makes them equal.");
  } else if (first.json != second.json) {
    out.problem = "its two headers contradict each other";
  }
  return out;
}

}  // namespace

std::optional<Header> readHeader(const BlockReader& volume) {
  const auto start = startAt(volume, 0);
  if (!start) return std::nullopt;
  if (start->magic == kPrimaryMagic) {
    if (start->version == 1) return readVersion1(volume);
    if (start->version == 2) return readVersion2(volume);
    Header out;
    out.version = start->version;
    out.problem = fmt::format("it is of the unknown version {}", out.version);
    return out;
  }
  const std::uint64_t second = findSecond(volume);
  if (second == 0) return std::nullopt;
  Header out = of(readCopy(volume, second));
  out.problem = "its first header is missing; cryptsetup repair makes it anew";
  return out;
}

}  // namespace disktwin::fs::luks
