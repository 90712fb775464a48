// What the files of two volumes differ in.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "clone/files/manifest.h"

namespace disktwin::files {

// Files that are meant to be others on the second, or to be there and not on the first: their
// content by path ("etc/fstab").
using Edited = std::map<std::string, std::string>;

// Names, types, sizes, times of change, modes, owners, links, numbers of devices, content, extended
// attributes and streams. Sizes, times and numbers of links of folders are the filesystem's
// business, but for the time. Calls each(path, what), what being a clause ("is missing", "its
// content differs"), once for an entry; returns how many entries were held against each other.
std::uint64_t findDifferences(
    Manifest& wanted, Manifest& found, const Edited& edited,
    const std::function<void(const std::string& path, const std::string& what)>& each);

}  // namespace disktwin::files
