// Files of a FAT volume, put there by mtools.
#pragma once

#include <cstddef>
#include <string>

#include "clone/fs/filesystem.h"

namespace disktwin::reshape {

// Why a file of `size` bytes cannot be put into the volume, as a clause; empty when it can.
std::string whyNotPut(const fs::VolumeInfo& info, std::size_t size);

// Makes or replaces the file `path` ("/EFI/BOOT/BOOTX64.EFI") in the volume in `file`, and the
// folders that lead to it. Throws Error(Failed) with the tool's last words.
void putFile(const std::string& file, const std::string& path, const std::string& content);

}  // namespace disktwin::reshape
