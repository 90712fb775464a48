#include "clone/fs/lvm/label.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "clone/fs/lvm/checksum.h"
#include "clone/fs/lvm/ondisk.h"
#include "clone/fs/lvm/unproven.h"
#include "clone/io/checksum.h"
#include "platform/printable.h"

namespace disktwin::fs::lvm {
namespace {

using Sector = std::span<const std::byte>;

bool bearsSignature(Sector sector) {
  const auto header = structAt<LabelHeader>(sector, 0);
  return std::memcmp(header.id, "LABELONE", 8) == 0 && std::memcmp(header.type, "LVM2 001", 8) == 0;
}

// label_read of lib/label/label.c asks for both before it believes a label.
bool isRight(Sector sector, std::uint64_t number) {
  const auto header = structAt<LabelHeader>(sector, 0);
  return header.sector == number &&
         checksumAgrees(header.checksum, checksum(sector.subspan(kLabelChecked)));
}

// Reads the header and its lists, which all have to end inside the label's sector.
class HeaderParser {
 public:
  HeaderParser(Sector sector, std::size_t at, std::uint64_t volumeSize)
      : sector_(sector), at_(at), volumeSize_(volumeSize) {}

  void run(Label& out) {
    const auto header = next<PvHeader>();
    out.uuid = uuidText(header.uuid);
    out.deviceSize = header.deviceSize;
    const std::vector<DiskArea> data = list();
    if (data.size() != 1) {
      throw Unproven{
          fmt::format("its header names {} data areas, LVM knows only one", data.size())};
    }
    out.dataStart = data.front().offset;
    out.metadataAreas = inside(list(), "metadata area");
    // A header of before extensions ends here: what follows reads as zeroes.
    const auto extension = next<PvHeaderExtension>();
    if (extension.version == 0) return;
    out.bootAreas = inside(list(), "boot loader area");
    out.knowsBelonging = extension.version >= kExtensionWithUsedFlag;
    out.belongsToGroup = out.knowsBelonging && (extension.flags & kPvUsed) != 0;
  }

 private:
  template <typename T>
  T next() {
    if (!extentFits(at_, sizeof(T), sector_.size())) {
      throw Unproven{"its header runs beyond the sector of its label"};
    }
    const T out = structAt<T>(sector_, at_);
    at_ += sizeof(T);
    return out;
  }

  std::vector<DiskArea> list() {
    std::vector<DiskArea> out;
    for (auto area = next<DiskArea>(); area.offset != 0; area = next<DiskArea>()) {
      out.push_back(area);
    }
    return out;
  }

  std::vector<Extent> inside(const std::vector<DiskArea>& areas, const char* what) const {
    std::vector<Extent> out;
    for (const DiskArea& area : areas) {
      if (!extentFits(area.offset, area.size, volumeSize_)) {
        throw Unproven{fmt::format("a {} of {} bytes at {} lies beyond the end of the volume at {}",
                                   what, area.size.value(), area.offset.value(), volumeSize_)};
      }
      out.push_back({area.offset, area.size});
    }
    return out;
  }

  // id_write_format of lib/uuid/uuid.c: groups of 6, 4, 4, 4, 4, 4 and 6 characters.
  static std::string uuidText(const std::array<char, 32>& raw) {
    std::string out;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (i >= 6 && i <= 26 && (i - 6) % 4 == 0) out += '-';
      out += raw[i];
    }
    return printable(out);
  }

  Sector sector_;
  std::size_t at_;
  std::uint64_t volumeSize_;
};

Label parse(Sector sector, std::uint64_t volumeSize) {
  Label out;
  try {
    HeaderParser(sector, structAt<LabelHeader>(sector, 0).offset, volumeSize).run(out);
  } catch (const Unproven& unproven) {
    out.problem = unproven.why;
  }
  return out;
}

}  // namespace

std::optional<Label> readLabel(const BlockReader& volume) {
  const std::uint64_t sectors = std::min(volume.size() / kSector, kLabelSectors);
  const auto bytes = readBytes(volume, 0, static_cast<std::size_t>(sectors * kSector));
  std::optional<Label> out;
  for (std::uint64_t i = 0; i < sectors; ++i) {
    const Sector sector = Sector(bytes).subspan(static_cast<std::size_t>(i * kSector), kSector);
    if (!bearsSignature(sector)) continue;
    if (out) {
      out->problem = "it bears two labels, and nobody can tell which one is the present one";
    } else if (!isRight(sector, i)) {
      out.emplace();
      out->problem = "its label is damaged: its checksum or its place is wrong";
    } else {
      out = parse(sector, volume.size());
    }
  }
  return out;
}

}  // namespace disktwin::fs::lvm
