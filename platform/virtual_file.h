// A file that others can open by its name and whose bytes are ours to serve, for programs that only
// work on files: resize2fs, ntfsresize, mkswap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "platform/extent.h"

namespace disktwin {

// What such a file holds. Offsets and sizes are bytes. Called from one thread at a time, which is
// not the one that made the file; ranges lie inside of size(). What they throw shows to the program
// as an I/O error, and is kept: see VirtualFile::rethrow().
class FileContent {
 public:
  virtual ~FileContent() = default;
  virtual std::uint64_t size() const = 0;  // does not change
  virtual void read(std::uint64_t offset, std::span<std::byte> out) = 0;
  virtual void write(std::uint64_t offset, std::span<const std::byte> data) = 0;
  virtual void zero(Extent range) = 0;
};

// Lives in a folder of its own that only this user can enter, and is gone when the object is, even
// when the process is killed. By FUSE on Linux.
class VirtualFile {
 public:
  // Why there cannot be one here, as a clause; empty when there can.
  static std::string whyNot();

  // Throws Error(Failed), with a hint, where FUSE cannot be had. `content` has to outlive the
  // object.
  explicit VirtualFile(FileContent& content);
  VirtualFile(const VirtualFile&) = delete;
  VirtualFile& operator=(const VirtualFile&) = delete;
  // Nobody may have the file open any more, but a loop device that is about to let go of it: that
  // is waited for.
  ~VirtualFile();

  const std::string& path() const;
  // Throws the first error that `content` has thrown, if it has. Call when a program has ended that
  // used the file: its own complaint would hide the cause.
  void rethrow() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace disktwin
