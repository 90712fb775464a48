// A volume as libext2fs reads it, the library of those who make ext2 to ext4.
//
// https://docs.kernel.org/filesystems/ext4/ says what is where.
#pragma once

#include <memory>
#include <vector>

#include "clone/files/backend.h"
#include "clone/files/ext/channel.h"

namespace disktwin {
class BlockReader;
}

namespace disktwin::files {

// Only for a confined child: the library is made for volumes that do not lie. The journal is not
// replayed. What does not match its checksum is an error.
class ExtVolume final : public Backend {
 public:
  ExtVolume(std::uint64_t size, ReadBytes read, Encrypted encrypted);
  ~ExtVolume() override;

  // Whether the library knows all that has to be known to read this one.
  static bool understands(const BlockReader& volume);

  bool ignoresCase() const override { return false; }
  Node root() const override { return EXT2_ROOT_INO; }
  NodeInfo info(Node node) override;
  void list(Node folder, const Each& each) override;
  std::size_t read(Node file, std::uint64_t offset, std::span<std::byte> out) override;
  std::string readLink(Node link) override;
  Hash128 hashExtras(Node node) override;

 private:
  struct Free {
    void operator()(ext2_filsys fs) const { ext2fs_free(fs); }
  };
  struct FreeExtents {
    void operator()(ext2_extent_handle* handle) const { ext2fs_extent_free(handle); }
  };
  // Of one file, in blocks, how they lie next to each other.
  struct Run {
    std::uint64_t first = 0;  // 0: a hole
    std::uint64_t count = 0;
  };

  // Has it in inode_.
  void load(Node node);
  // Both of what is loaded.
  std::size_t readContent(std::uint64_t offset, std::span<std::byte> out);
  void readBlocks(std::uint64_t offset, std::span<std::byte> out);
  void readInline(std::uint64_t offset, std::span<std::byte> out);
  void refuseEncrypted(const char* what) const;
  // From `block` of what is loaded on, `most` blocks at most.
  Run runAt(std::uint64_t block, std::uint64_t most);
  Run runOfExtents(std::uint64_t block, std::uint64_t most);
  Run runOfBlocks(std::uint64_t block, std::uint64_t most);
  std::uint64_t blockOf(std::uint64_t block);

  ExtChannel channel_;
  std::unique_ptr<struct_ext2_filsys, Free> fs_;
  std::vector<char> scratch_;  // where the library reads maps of blocks
  const Encrypted encrypted_;
  Node loaded_ = 0;
  std::unique_ptr<ext2_extent_handle, FreeExtents> extents_;  // of what is loaded, when needed
  ext2_inode_large inode_{};
};

}  // namespace disktwin::files
