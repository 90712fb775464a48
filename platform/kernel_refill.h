// Filesystems that can only be made smaller by making them anew: all files go from one to the
// other, while the kernel has both mounted.
//
// The mounts have no place in any folder, the loop devices below them clear themselves; both belong
// to a child process, and are gone when that or this process is, however it ends.
#pragma once

#include <cstdint>
#include <string>

namespace disktwin {

struct TreeSize {
  std::uint64_t files = 0;  // of any kind; one with several names counts once
  // What is allocated to them. Extents that files share count for each of them.
  std::uint64_t bytes = 0;
};

// Mounts the filesystem in a file, replaying its log if there is one, and measures all its files.
// Throws Error(Failed) with the kernel's words, Error(Refused) when a name is too long to be
// copied, Error(Cancelled).
TreeSize measureByKernel(const std::string& file, const std::string& type);

// Copies all files of the filesystem in `from` into the fresh and empty one in `to`: owners, modes,
// times, extended attributes (access lists among them), project ids and flags, hard links, holes
// and reserved space, devices, pipes and sockets. Inode numbers and times of creation are new.
// Throws Error(Failed) naming the file, Error(Cancelled).
void copyByKernel(const std::string& from, const std::string& to, const std::string& type);

}  // namespace disktwin
