// A physical volume made by hand, with right checksums whatever is in it.
#pragma once

#include <fmt/format.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "clone/fs/filesystem.h"
#include "clone/fs/lvm/checksum.h"
#include "clone/fs/lvm/ondisk.h"
#include "tests/support/catch.h"
#include "tests/support/sparse_disk.h"

namespace disktwin::fs::lvm {
std::unique_ptr<FileSystem> open(ReaderPtr volume);
}

namespace disktwin::test {

inline constexpr char kUuid[] = "abcdefGHIJKLmnopQRSTuvwx0123456789";  // 32 are used
inline constexpr char kDashedUuid[] = "abcdef-GHIJ-KLmn-opQR-STuv-wx01-234567";

// Segments of logical volumes, as LVM writes them.
inline std::string striped(std::uint64_t start, std::uint64_t count, const std::string& places,
                           unsigned stripes = 1, unsigned sectors = 128) {
  return fmt::format(
      "start_extent = {}\nextent_count = {}\ntype = \"striped\"\nstripe_count = {}\n"
      "stripe_size = {}\nstripes = [\n{}\n]\n",
      start, count, stripes, sectors, places);
}
inline std::string segment(std::uint64_t count, const std::string& type, const std::string& rest) {
  return fmt::format("start_extent = 0\nextent_count = {}\ntype = \"{}\"\n{}\n", count, type, rest);
}
inline std::string logical(const std::string& name, const std::vector<std::string>& segments,
                           const std::string& status = "\"READ\", \"WRITE\", \"VISIBLE\"") {
  std::string out =
      fmt::format("{} {{\nid = \"x\"\nstatus = [{}]\nflags = []\nsegment_count = {}\n", name,
                  status, segments.size());
  for (std::size_t i = 0; i < segments.size(); ++i) {
    out += fmt::format("segment{} {{\n{}}}\n", i + 1, segments[i]);
  }
  return out + "}\n";
}
inline std::string physical(const std::string& name, const std::string& uuid, std::uint64_t extents,
                            std::uint64_t startSector = 2048) {
  return fmt::format(
      "{} {{\nid = \"{}\"\ndevice = \"/dev/sd\"\nstatus = [\"ALLOCATABLE\"]\n"
      "flags = []\npe_start = {}\npe_count = {}\n}}\n",
      name, uuid, startSector, extents);
}
inline std::string group(const std::string& physicals, const std::string& logicals,
                         unsigned sequence = 7, unsigned extentSectors = 2048,
                         const std::string& status = "\"RESIZEABLE\", \"READ\", \"WRITE\"") {
  return fmt::format(
      "contents = \"Text Format Volume Group\"\nversion = 1\n\nvg {{\nid = \"g\"\nseqno = {}\n"
      "format = \"lvm2\" # informational\nstatus = [{}]\nflags = []\nextent_size = {}\n"
      "physical_volumes {{\n{}}}\nlogical_volumes {{\n{}}}\n}}\n",
      sequence, status, extentSectors, physicals, logicals);
}

// 40 extents of 1 MiB from 1 MiB on, in 42 MiB; the second metadata area has the last MiB.
class MadePv {
 public:
  explicit MadePv(std::uint64_t size = 42 * MiB) : disk(std::make_shared<SparseDisk>(size)) {
    areas = {{4096, MiB - 4096}};
  }

  static Extent extents(std::uint64_t first, std::uint64_t count) {
    return {MiB + first * MiB, count * MiB};
  }

  // The label, and in each area the text of the same index.
  void write(const std::vector<std::string>& texts) {
    putLabel(1);
    for (std::size_t i = 0; i < texts.size(); ++i) putText(areas[i], texts[i]);
  }
  void write(const std::string& logicals) {
    write(std::vector{group(physical("pv0", kDashedUuid, 40), logicals)});
  }

  void putLabel(std::uint64_t number) {
    std::vector<std::byte> sector(512);
    fs::lvm::LabelHeader label{};
    std::memcpy(label.id, "LABELONE", 8);
    std::memcpy(label.type, "LVM2 001", 8);
    label.sector = number;
    label.offset = 32;
    std::vector<std::uint64_t> numbers = {disk->size(), dataStart, 0, 0, 0};
    for (const Extent& area : areas) numbers.insert(numbers.end(), {area.offset, area.length});
    numbers.insert(numbers.end(), {0, 0, belongsToGroup ? (std::uint64_t{1} << 32 | 2) : 2});
    for (const Extent& area : bootAreas) numbers.insert(numbers.end(), {area.offset, area.length});
    std::memcpy(sector.data() + 32, kUuid, 32);
    for (std::size_t i = 0; i < numbers.size() && 72 + 8 * i <= sector.size(); ++i) {
      const le64 value(numbers[i]);
      std::memcpy(sector.data() + 64 + 8 * i, &value, 8);
    }
    std::memcpy(sector.data(), &label, sizeof label);
    finishLabel(number, sector);
  }
  void finishLabel(std::uint64_t number, std::vector<std::byte> sector) const {
    const le32 sum(fs::lvm::checksum(std::span(sector).subspan(20)));
    std::memcpy(sector.data() + 16, &sum, 4);
    disk->put(number * 512, sector);
  }

  void putText(Extent area, const std::string& text, std::uint64_t at = 512,
               std::uint32_t flags = 0, std::uint64_t precommitted = 0) {
    const auto bytes = std::as_bytes(std::span(text));
    const auto first =
        static_cast<std::size_t>(std::min<std::uint64_t>(text.size(), area.length - at));
    disk->put(area.offset + at, bytes.first(first));
    disk->put(area.offset + 512, bytes.subspan(first));
    fs::lvm::MetadataHeader header{};
    std::memcpy(header.magic.data(), fs::lvm::kMetadataMagic, 16);
    header.version = 1;
    header.start = area.offset;
    header.size = area.length;
    if (!text.empty()) header.committed.offset = at;
    header.committed.size = text.size();
    header.committed.checksum = fs::lvm::checksum(bytes);
    header.committed.flags = flags;
    header.precommitted.offset = precommitted;
    putHeader(area.offset, header);
  }
  void putHeader(std::uint64_t offset, const fs::lvm::MetadataHeader& header) {
    std::vector<std::byte> sector(512);
    std::memcpy(sector.data(), &header, sizeof header);
    const le32 sum(fs::lvm::checksum(std::span(sector).subspan(4)));
    std::memcpy(sector.data(), &sum, 4);
    disk->put(offset, sector);
  }

  // Swap space, of which only the first page matters.
  void putSwap(std::uint64_t offset, std::uint64_t size) {
    disk->put(offset + 1024, le32(1));
    disk->put(offset + 1028, le32(static_cast<std::uint32_t>(size / 4096 - 1)));
    disk->put(offset + 4086, std::as_bytes(std::span("SWAPSPACE2", 10)));
  }

  std::unique_ptr<fs::FileSystem> open() const { return fs::lvm::open(disk); }
  // Of a volume that is expected to be understood.
  ExtentSet used() const {
    const auto fs = open();
    REQUIRE(fs);
    const fs::UsedMap map = fs->used();
    CHECK(map.whyWhole == "");
    return map.extents;
  }
  std::string whyWhole() const {
    const auto fs = open();
    REQUIRE(fs);
    const fs::UsedMap map = fs->used();
    if (!map.whyWhole.empty()) REQUIRE(map.extents == ExtentSet{{0, disk->size()}});
    return map.whyWhole;
  }

  std::shared_ptr<SparseDisk> disk;
  std::vector<Extent> areas;
  std::vector<Extent> bootAreas;
  std::uint64_t dataStart = MiB;
  bool belongsToGroup = true;
};

}  // namespace disktwin::test
