// Filesystems that only the kernel resizes, while they are mounted: Btrfs, and XFS to larger sizes.
//
// The mount has no place in any folder, and the loop device below it clears itself. Both belong to
// a child process, and are gone when that or this process is, however it ends.
#pragma once

#include <cstdint>
#include <string>

namespace disktwin {

// Why this kernel cannot mount such a filesystem for this user, as a clause; empty when it can.
// `type` is the kernel's name: "xfs", "btrfs".
std::string whyNotMount(const std::string& type);

// Why a filesystem with this UUID cannot be mounted beside what is mounted now, as a clause; empty
// when it can. The kernel tells Btrfs apart by nothing else.
std::string whyNotBeside(const std::string& type, const std::string& uuid);

// Mounts the filesystem in a file, as the functions below and in kernel_refill.h do, and lets it go
// again: a log is replayed. Throws Error(Failed) with the kernel's words, Error(Cancelled).
void tryToMount(const std::string& file, const std::string& type);

// Brings the Btrfs on one device, or the XFS, in a file to `size` bytes. Its log is replayed on the
// way. The file may be a VirtualFile of this process. Nothing has it open any more afterwards, and
// the kernel has forgotten it. Throws Error(Failed) with the kernel's words, Error(Cancelled).
void resizeByKernel(const std::string& file, const std::string& type, std::uint64_t size);

}  // namespace disktwin
