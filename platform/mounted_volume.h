// A volume whose files the kernel shows, read-only and to this process alone.
//
// For a process that is a child made for this and ends soon. The mount has no place in any tree of
// folders, and the loop device below it clears itself; both are gone when the process is, however
// it ends. It takes no mount namespace of its own: a copy of all mounts would keep those busy that
// others take away meanwhile, a VirtualFile's above all, which waits for its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "platform/extent.h"

namespace disktwin {

enum class NodeType { Regular, Folder, Link, Other };

struct NodeInfo {
  NodeType type = NodeType::Other;
  std::uint64_t size = 0;              // bytes
  std::int64_t modified = 0;           // seconds since 1970
  std::uint64_t subvolume = 0;         // of the root of a Btrfs subvolume its id; otherwise 0
  std::uint32_t modifiedNanos = 0;     // of its second
  std::uint32_t mode = 0;              // type and permissions, as POSIX's st_mode has them
  std::uint32_t owner = 0, group = 0;  // their numbers
  std::uint64_t links = 0;             // names that it has
  std::uint64_t device = 0;            // of a device its number; 0 where that cannot be told
};

// Paths are relative to the root of the volume, without "." and ".."; "" is the root. No link is
// ever followed. Errors of the kernel are Error(Failed) with the kernel's words.
class MountedVolume {
 public:
  // `file` is an open descriptor (of a file or block device) of which `part` is the volume, in
  // bytes. `type` is the kernel's name of a filesystem: "ext4", "xfs", "btrfs"; no log is replayed.
  // Of Btrfs all subvolumes are shown, or with `defaultSubvolume` the one that is mounted when none
  // is named. Needs root. Not thread-safe.
  MountedVolume(int file, Extent part, const std::string& type, bool defaultSubvolume);
  ~MountedVolume();
  MountedVolume(const MountedVolume&) = delete;
  MountedVolume& operator=(const MountedVolume&) = delete;

  // Whether the kernel knows a way to read that type of filesystem without writing.
  static bool knows(const std::string& type);

  std::optional<NodeInfo> info(const std::string& path) const;
  // Without "." and "..", in no order.
  void list(const std::string& folder,
            const std::function<void(const std::string& name, NodeType type)>& each) const;
  // How much was read; less than asked for only at the end.
  std::size_t read(const std::string& path, std::uint64_t offset, std::span<std::byte> out) const;
  std::string readLink(const std::string& path) const;
  // Calls each() with the extended attributes of a file or folder, in no order.
  void attributes(const std::string& path,
                  const std::function<void(const std::string& name,
                                           std::span<const std::byte> value)>& each) const;

 private:
  int open(const std::string& path, int flags) const;
  bool isBtrfs_;
  int root_ = -1;
  mutable std::string openPath_;  // the file that was read last, still open
  mutable int openFile_ = -1;
};

}  // namespace disktwin
