// The table of contents of a file whose attributes do not fit into one record.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "clone/fs/ntfs/layout.h"

namespace disktwin::fs::ntfs {

// "$ATTRIBUTE_LIST": Windows keeps it below this size.
inline constexpr std::uint64_t kLargestList = 256 * 1024;

struct ListedAttribute {
  AttributeType type;
  std::u16string name;
  std::uint64_t firstVcn;
  std::uint64_t reference;  // the record that holds it
  std::uint16_t instance;
};

// Throws Damage.
std::vector<ListedAttribute> parseAttributeList(std::span<const std::byte> bytes);

}  // namespace disktwin::fs::ntfs
