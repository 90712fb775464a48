// Finding a file in the root directory.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "clone/fs/ntfs/mft.h"

namespace disktwin::fs::ntfs {

// Whether two names are the same but for the case of ASCII letters.
bool sameName(std::u16string_view a, std::u16string_view b);

// The reference of the root directory's entry `name`, which is ASCII; case does not matter. Follows
// one path down the index, as Windows does. Throws Damage.
std::optional<std::uint64_t> findInRoot(const Mft& mft, std::u16string_view name);

}  // namespace disktwin::fs::ntfs
