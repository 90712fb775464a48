#include "clone/fs/ext/bitmap.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "clone/io/endian.h"

namespace disktwin::fs::ext {

std::uint32_t nextBit(std::span<const std::byte> bitmap, std::uint32_t from, std::uint32_t end,
                      bool value) {
  constexpr std::uint32_t kWord = 64;
  while (from < end) {
    const std::size_t first = from / kWord * sizeof(le64);
    le64 raw;
    std::memcpy(&raw, bitmap.data() + first, std::min(sizeof raw, bitmap.size() - first));
    const std::uint64_t wanted = value ? raw.value() : ~raw.value();
    const std::uint64_t rest = wanted >> (from % kWord);
    if (rest != 0) return std::min(end, from + static_cast<std::uint32_t>(std::countr_zero(rest)));
    from = from / kWord * kWord + kWord;
  }
  return end;
}

void uniteBits(std::span<std::byte> bitmap, std::span<const std::byte> other) {
  for (std::size_t i = 0; i < bitmap.size(); ++i) bitmap[i] |= other[i];
}

}  // namespace disktwin::fs::ext
