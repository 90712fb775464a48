// What libext2fs reads a volume through.
#pragma once

#include <ext2fs/ext2fs.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "clone/files/backend.h"

namespace disktwin::files {

// Remembers pieces of the volume: the library asks for one block at a time, and again and again for
// the same. Has to stay where it is and to outlive what it has opened. Not thread-safe.
class ExtChannel {
 public:
  ExtChannel(std::uint64_t size, ReadBytes read);
  ExtChannel(const ExtChannel&) = delete;
  ExtChannel& operator=(const ExtChannel&) = delete;

  // To be closed by ext2fs_close(), which writes nothing. Throws Error(Failed).
  ext2_filsys open();
  // False when not all of it can be had.
  bool read(std::uint64_t offset, std::span<std::byte> out);

 private:
  struct Piece {
    std::uint64_t offset = 0;
    std::vector<std::byte> bytes;  // none: not read yet, or
    bool isBad = false;            // not all of it can be read
  };
  bool readRemembered(std::uint64_t offset, std::span<std::byte> out);
  const Piece* pieceAt(std::uint64_t offset);

  const std::uint64_t size_;
  const ReadBytes read_;
  std::vector<Piece> pieces_;
};

// Throws Error(Failed) with the library's reason unless `code` is 0.
void requireExt(errcode_t code, const char* what);

}  // namespace disktwin::files
