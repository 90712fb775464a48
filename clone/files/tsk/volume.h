// A volume as The Sleuth Kit's library reads it: NTFS, FAT, exFAT.
#pragma once

#include <tsk/libtsk.h>

#include <functional>
#include <memory>

#include "clone/files/backend.h"

namespace disktwin::files {

struct CloseFile {
  void operator()(TSK_FS_FILE* file) const { tsk_fs_file_close(file); }
};
using TskFile = std::unique_ptr<TSK_FS_FILE, CloseFile>;

// Only for a confined child: the library is not made for volumes that lie.
class TskVolume final : public Backend {
 public:
  // `type` as VolumeInfo names it, of which knows() is true.
  TskVolume(const std::string& type, std::uint64_t size, std::uint32_t sectorSize, ReadBytes read);
  ~TskVolume() override;

  static bool knows(const std::string& type);

  bool ignoresCase() const override { return true; }
  Node root() const override;
  NodeInfo info(Node node) override;
  void list(Node folder, const Each& each) override;
  std::size_t read(Node file, std::uint64_t offset, std::span<std::byte> out) override;
  std::string readLink(Node link) override;
  Hash128 hashExtras(Node node) override;

 private:
  struct Image;
  TSK_FS_FILE& open(Node node);
  void listByLibrary(Node folder, const Each& each);

  std::unique_ptr<Image> image_;
  TSK_FS_INFO* fs_ = nullptr;
  Node openNode_ = 0;
  TskFile openFile_;
};

}  // namespace disktwin::files
