// An open disk, partition or regular file: positioned I/O with errors that name the place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "platform/extent.h"

namespace disktwin {

enum class FileKind { Regular, BlockDevice };

// Thread-safety: positioned reads and writes, and prefetch(), may run concurrently; the rest must
// not overlap them. All offsets and sizes are bytes. Errors are Error(Read), Error(Write),
// Error(NoSpace) with the path as subject and the range as `where`.
class File {
 public:
  // Opens for reading; no later call can write through it. Throws Error(Failed) with a hint when
  // the path does not exist, is neither a regular file nor a block device, or may not be read.
  static File openRead(const std::string& path);

  // Opens an existing file or block device for reading and writing. Block devices are claimed
  // exclusively (O_EXCL: refused by the kernel while mounted or held). Throws Error(Refused) when
  // it is in use or read-only.
  static File openWrite(const std::string& path);

  // Creates a sparse regular file of `size` bytes that must not exist yet.
  static File create(const std::string& path, std::uint64_t size);

  // A sparse file of `size` bytes without a name, in the folder for temporary files. Throws
  // Error(Failed) where there is no room for one.
  static File temporary(std::uint64_t size);

  File(File&&) noexcept;
  File& operator=(File&&) noexcept;
  ~File();

  // Keeps everybody from mounting a device while this object lives (a reader is not kept out).
  // False when somebody has it claimed already. Always true for regular files.
  bool claim();
  // Keeps other processes that do the same off this file, until it is closed. False when one has
  // it; true where the file system knows no locks.
  bool lock();
  // Whether `path` leads to this very file or device.
  bool isStillNamed(const std::string& path) const;

  const std::string& path() const;
  FileKind kind() const;
  std::uint64_t size() const;
  std::uint32_t logicalSectorSize() const;   // 512 for regular files
  std::uint32_t physicalSectorSize() const;  // 512 for regular files
  int descriptor() const;                    // owned by this object

  // Fills the span, past the page cache where the device allows it. A shorter file is an error.
  void readAt(std::uint64_t offset, std::span<std::byte> out) const;
  void writeAt(std::uint64_t offset, std::span<const std::byte> data);
  // Cuts a regular file that was opened for writing.
  void truncate(std::uint64_t size);
  // Afterwards the range reads as zeroes. Regular files become sparse there where possible.
  void zeroRange(Extent range);
  // Everything written so far is on the medium when this returns.
  void flush();
  // Drops what the kernel's caches hold of this file or device, so that the next reads come from
  // the medium. Best effort.
  void dropCaches();
  // The kernel may begin to read that much: it is asked for soon. Best effort.
  void prefetch(Extent range) const;
  // First extent at or after `from` that is not a hole; length 0 at the end. Devices have no holes.
  Extent nextData(std::uint64_t from) const;

 private:
  struct State;
  explicit File(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Gives a file another name in the same folder, so that it survives a power failure. What had the
// name is replaced when `replace` says so; otherwise Error(Refused). Throws Error(Write).
void renameDurably(const std::string& from, const std::string& to, bool replace);

// Whether the user who runs this may write what is at `path`, as far as can be told without trying.
bool mayWrite(const std::string& path);

}  // namespace disktwin
