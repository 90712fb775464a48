#include "clone/fs/ntfs/attribute_list.h"

#include <fmt/format.h>

#include "clone/fs/ntfs/damage.h"
#include "clone/fs/ntfs/record.h"
#include "clone/io/block_reader.h"
#include "platform/extent.h"

namespace disktwin::fs::ntfs {

std::vector<ListedAttribute> parseAttributeList(std::span<const std::byte> bytes) {
  std::vector<ListedAttribute> out;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto wrong = [&] {
      return Damage{fmt::format("an attribute list holds an invalid entry at offset {}", at)};
    };
    if (!extentFits(at, sizeof(ListEntry), bytes.size())) throw wrong();
    const auto entry = structAt<ListEntry>(bytes, at);
    const std::size_t length = entry.length;
    if (length < sizeof entry || length % 8 != 0 || !extentFits(at, length, bytes.size()) ||
        !extentFits(entry.nameOffset, 2ULL * entry.nameLength, length)) {
      throw wrong();
    }
    out.push_back({static_cast<AttributeType>(entry.type.value()),
                   utf16At(bytes, at + entry.nameOffset, entry.nameLength), entry.lowestVcn,
                   entry.reference, entry.instance});
    at += length;
  }
  return out;
}

}  // namespace disktwin::fs::ntfs
