// Where the blocks of one file lie: needed for the journal alone.
#pragma once

#include <cstdint>
#include <vector>

#include "clone/fs/ext/ondisk.h"
#include "clone/fs/ext/volume.h"

namespace disktwin::fs::ext {

// A file without holes, from its first block up to the first hole or its end.
class FileBlocks {
 public:
  FileBlocks() = default;
  // Throws Unproven when the inode or its block map is damaged.
  static FileBlocks ofInode(const Volume& volume, std::uint32_t inodeNumber);

  // How many blocks are known.
  std::uint64_t count() const {
    return runs_.empty() ? 0 : runs_.back().logical + runs_.back().count;
  }
  // Where block `logical` of the file lies. Precondition: logical < count().
  std::uint64_t at(std::uint64_t logical) const;

  // Adds the next run of the file; every block of it has been checked.
  void append(Blocks run);

 private:
  struct Run {
    std::uint64_t logical;
    std::uint64_t first;
    std::uint64_t count;
  };
  std::vector<Run> runs_;
};

}  // namespace disktwin::fs::ext
