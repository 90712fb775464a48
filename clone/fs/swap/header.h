// The header page of a Linux swap area. There is no written specification: the layout is that of
// include/linux/swap.h (union swap_header) and kernel/power/swap.c (struct swsusp_header), the
// signatures are those that libblkid knows.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "clone/io/block_reader.h"

namespace disktwin::fs::swap {

struct Header {
  std::uint32_t pageBytes = 0;
  std::uint64_t size = 0;    // as the header has it; of the old format: the volume's
  bool holdsSystem = false;  // a suspended system lies in it
  std::string label;         // UTF-8
  std::array<std::uint8_t, 16> uuid{};
  // Why it is not certain that the volume is a swap area and nothing else, as UsedMap::whyWhole has
  // it.
  std::string problem;
};

// nullopt when the volume bears no signature of swap.
std::optional<Header> readHeader(const BlockReader& volume);

}  // namespace disktwin::fs::swap
