#include "clone/fs/second_opinion.h"

#include <array>

#include "clone/io/endian.h"
#include "clone/io/uuid.h"

namespace disktwin::fs {
namespace {

using Uuid = std::array<std::uint8_t, 16>;

// "struct bch_sb" of fs/bcachefs/bcachefs_format.h, as far as it names the filesystem.
struct BcachefsSuper {
  std::array<std::uint8_t, 16> checksum;
  le16 version;
  le16 versionMin;
  std::array<std::uint8_t, 4> padding;
  Uuid magic;
  Uuid uuid;
  Uuid userUuid;
  std::array<char, 32> label;
};
static_assert(sizeof(BcachefsSuper) == 104);
constexpr std::uint64_t kBcachefsSuperAt = 4096;
constexpr Uuid kBcachefsMagic = {0xC6, 0x85, 0x73, 0xF6, 0x66, 0xCE, 0x90, 0xA9,
                                 0xD9, 0x6A, 0x60, 0xCF, 0x80, 0x3D, 0xF7, 0xEF};

std::optional<ForeignName> bcachefs(const BlockReader& volume) {
  if (!extentFits(kBcachefsSuperAt, sizeof(BcachefsSuper), volume.size())) return std::nullopt;
  const auto super = readStruct<BcachefsSuper>(volume, kBcachefsSuperAt);
  if (super.magic != kBcachefsMagic) return std::nullopt;
  const std::string_view label(super.label.data(), super.label.size());
  return ForeignName{"bcachefs", std::string(label.substr(0, label.find('\0'))),
                     uuidText(super.userUuid), false};
}

}  // namespace

std::optional<ForeignName> secondOpinion(const BlockReader& volume) {
  const auto backing = volume.backing();
  std::optional<ForeignName> found;
  if (backing) found = identify(*backing->file, {backing->offset, volume.size()});
  return found ? found : bcachefs(volume);
}

}  // namespace disktwin::fs
