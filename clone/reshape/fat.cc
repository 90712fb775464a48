// FAT12, FAT16 and FAT32: made smaller and given another serial number by ourselves; files are put
// there by mtools.
#include "clone/fs/fat/boot_sector.h"
#include "clone/io/file_reader.h"
#include "clone/reshape/fat_files.h"
#include "clone/reshape/fat_shrink.h"
#include "clone/reshape/trial.h"
#include "clone/reshape/ways.h"
#include "platform/error.h"
#include "platform/file.h"

namespace disktwin::reshape {
namespace {

constexpr std::uint64_t kTailAt = offsetof(fs::fat::BootSector, tail);

std::uint64_t serialAt(unsigned bits) {
  return kTailAt +
         (bits == 32 ? offsetof(fs::fat::Fat32Tail, serial) : offsetof(fs::fat::OldTail, serial));
}

// "ABCD-1234" as it stands on the disk.
std::array<std::byte, 4> serialOf(const std::string& text) {
  const auto number = static_cast<std::uint32_t>(std::stoul(text.substr(0, 4), nullptr, 16) << 16 |
                                                 std::stoul(text.substr(5), nullptr, 16));
  std::array<std::byte, 4> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>(number >> (8 * i));
  return out;
}

class FatWay final : public Reshaper {
 public:
  std::string whyNotShrink(const ReaderPtr& volume, const fs::VolumeInfo& info) const override {
    return whyNotShrinkFat(*volume, info);
  }
  std::string whyNotGrow(const ReaderPtr&, const fs::VolumeInfo&) const override {
    return "FAT cannot be made larger";
  }

  std::uint64_t minimum(const ReaderPtr& volume, const fs::VolumeInfo&) const override {
    return leastFat(*volume);
  }

  void resize(const std::string& file, const fs::VolumeInfo&, std::uint64_t size) const override {
    shrinkFat(file, size);
  }

  std::string whyNotEdit(const ReaderPtr&, const fs::VolumeInfo& info, const std::string&,
                         const std::string&, std::size_t size) const override {
    return whyNotPut(info, size);
  }

  void edit(const std::string& file, const fs::VolumeInfo&, const std::string& path,
            const std::string&, const std::string& content) const override {
    putFile(file, path, content);
  }

  std::string whyNotRenew(const ReaderPtr& volume, const fs::VolumeInfo& info,
                          const std::string& uuid) const override {
    return Trial::whyNotRenewed(*this, volume, info, uuid);
  }
  // In the boot sector, and in its backup where that says the same.
  void renew(const std::string& file, const fs::VolumeInfo&,
             const std::string& uuid) const override {
    const auto geometry = fs::fat::readGeometry(FileReader(File::openRead(file)));
    if (!geometry || uuid.size() != 9) throw Error(ErrorKind::Failed, file, "is no FAT any more");
    File volume = File::openWrite(file);
    const std::uint64_t at = serialAt(geometry->bits);
    std::array<std::byte, 4> before{};
    volume.readAt(at, before);
    volume.writeAt(at, serialOf(uuid));
    if (geometry->backupAt != 0) {
      std::array<std::byte, 4> copy{};
      volume.readAt(geometry->backupAt + at, copy);
      if (copy == before) volume.writeAt(geometry->backupAt + at, serialOf(uuid));
    }
    volume.flush();
  }

  std::string note(const fs::VolumeInfo&, bool) const override {
    return "what lies behind its new end is moved forward: a boot loader that knows its own files "
           "by sector (SYSLINUX, DOS) may have to be installed again.";
  }
};

}  // namespace

const Reshaper& fatWay() {
  static const FatWay way;
  return way;
}

}  // namespace disktwin::reshape
