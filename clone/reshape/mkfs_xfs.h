// mkfs.xfs for a filesystem that is to be like another one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clone/fs/filesystem.h"
#include "clone/fs/xfs/ondisk.h"

namespace disktwin::reshape {

// Less than this mkfs.xfs does not make ("300MB").
inline constexpr std::uint64_t kLeastXfs = 300 * MiB;

// Why there cannot be another one like it, as a clause; empty when there can.
std::string whyNoOtherXfs(const BlockReader& volume, const fs::VolumeInfo& info);

// The command that makes an XFS of `size` bytes in the file, with identity and features of the one
// that has this superblock. With `look` it only says what it would do. Runs mkfs.xfs to learn which
// features it knows.
std::vector<std::string> mkfsXfs(const fs::xfs::Super& super, const fs::VolumeInfo& info,
                                 const std::string& file, std::uint64_t size, bool look);

}  // namespace disktwin::reshape
