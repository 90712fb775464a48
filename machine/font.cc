#include "machine/font.h"

#include <algorithm>

#include "platform/error.h"
#include "platform/small_file.h"

namespace disktwin::machine {
namespace {

constexpr std::size_t kCount = 256;  // glyphs in the order of code page 437
constexpr std::size_t kLargestRom = 256U << 10;

// The letter A looks like this in the font of every VGA BIOS that there has been.
constexpr Glyph kLetterA{0,    0,    0x10, 0x38, 0x6C, 0xC6, 0xC6, 0xFE,
                         0xC6, 0xC6, 0xC6, 0xC6, 0,    0,    0,    0};

// Characters of Linux's own console font that look different.
constexpr Character kLinux[] = {
    {{0, 0, 0, 0, 0, 0xEC, 0xFE, 0xD6, 0xD6, 0xD6, 0xD6, 0xC6, 0, 0, 0, 0}, 'm'},
    {{0, 0, 0, 0, 0, 0xC6, 0xC6, 0xC6, 0xC6, 0xC6, 0x6C, 0x38, 0, 0, 0, 0}, 'v'},
    {{0, 0, 0x1C, 0x36, 0x32, 0x30, 0x78, 0x30, 0x30, 0x30, 0x30, 0x78, 0, 0, 0, 0}, 'f'},
    {{0, 0, 0, 0, 0, 0xC6, 0xC6, 0xD6, 0xD6, 0xD6, 0xFE, 0x6C, 0, 0, 0, 0}, 'w'},
    {{0, 0, 0x38, 0x6C, 0xC6, 0xC6, 0xD6, 0xD6, 0xC6, 0xC6, 0x6C, 0x38, 0, 0, 0, 0}, '0'},
    {{0, 0, 0, 0, 0, 0xC6, 0x6C, 0x38, 0x38, 0x38, 0x6C, 0xC6, 0, 0, 0, 0}, 'x'},
    {{0, 0, 0x7E, 0x7E, 0x5A, 0x18, 0x18, 0x18, 0x18, 0x18, 0x18, 0x3C, 0, 0, 0, 0}, 'T'},
    {{0, 0, 0xC6, 0xC6, 0xC6, 0xC6, 0xC6, 0xC6, 0xC6, 0x6C, 0x38, 0x10, 0, 0, 0, 0}, 'V'},
    {{0, 0, 0xC6, 0xEE, 0xFE, 0xFE, 0xD6, 0xC6, 0xC6, 0xC6, 0xC6, 0xC6, 0, 0, 0, 0}, 'M'},
};

}  // namespace

Font fontOfVgaBios(std::span<const std::byte> rom) {
  const auto found = std::search(
      rom.begin(), rom.end(), kLetterA.begin(), kLetterA.end(),
      [](std::byte a, std::uint8_t b) { return std::to_integer<std::uint8_t>(a) == b; });
  const auto at = static_cast<std::size_t>(found - rom.begin());
  constexpr std::size_t kBefore = 'A' * sizeof(Glyph);
  if (found == rom.end() || at < kBefore || rom.size() - (at - kBefore) < kCount * sizeof(Glyph)) {
    return {};
  }
  const std::span<const std::byte> font = rom.subspan(at - kBefore);
  Font out;
  for (char code = '!'; code <= '~'; ++code) {
    Character one{{}, code};
    const auto glyph = font.subspan(static_cast<std::size_t>(code) * sizeof(Glyph), sizeof(Glyph));
    std::transform(glyph.begin(), glyph.end(), one.glyph.begin(),
                   [](std::byte row) { return std::to_integer<std::uint8_t>(row); });
    out.push_back(one);
  }
  return out;
}

Font installedFont() {
  for (const char* folder : {"/usr/share/seabios", "/usr/share/qemu", "/usr/share/seavgabios",
                             "/usr/share/qemu-kvm", "/usr/local/share/qemu"}) {
    try {
      const std::string rom =
          readSmallFile(std::string(folder) + "/vgabios-stdvga.bin", kLargestRom);
      Font font = fontOfVgaBios(std::as_bytes(std::span(rom)));
      font.insert(font.end(), std::begin(kLinux), std::end(kLinux));
      if (font.size() > std::size(kLinux)) return font;
    } catch (const Error&) {
      // Not there.
    }
  }
  return {};
}

}  // namespace disktwin::machine
