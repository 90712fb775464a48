// What stands on the screen of a machine, where it shows a text console.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "machine/font.h"

namespace disktwin::machine {

struct Picture {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint32_t> pixels;  // 0xRRGGBB, row by row
};

// A PPM (P6, 255) as QEMU writes it; nullopt for anything else.
std::optional<Picture> parsePpm(std::span<const std::byte> bytes);

// Stands for a character that looks like none of the font.
inline constexpr char kUnknown = '\x1a';

// The lines of a text console: the grid of a VGA's text mode (9 pixels by 16) or of Linux's console
// on a framebuffer (8 by 16), which begin in the upper left corner. Glyphs may differ in a few
// pixels from those of the font. Blanks at the ends are left out. Of a picture that is no text
// console: blanks and kUnknown.
std::string readScreen(const Picture& picture, const Font& font);

}  // namespace disktwin::machine
