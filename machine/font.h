// The characters of a text console, as pictures.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace disktwin::machine {

// Eight pixels wide and sixteen high: a byte for each row, the leftmost pixel is its highest bit.
using Glyph = std::array<std::uint8_t, 16>;

struct Character {
  Glyph glyph{};
  char code = 0;  // printable ASCII
};

// Several fonts may be in one list.
using Font = std::vector<Character>;

// The one inside of a VGA BIOS; empty when there is none.
Font fontOfVgaBios(std::span<const std::byte> rom);

// Of the VGA BIOS that QEMU itself uses, so that it is there where QEMU is, and of Linux's console.
// Empty when it is not found.
Font installedFont();

}  // namespace disktwin::machine
