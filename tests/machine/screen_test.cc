// Reading text off a picture of a screen.
#include "machine/screen.h"

#include <cstring>

#include "tests/support/catch.h"

using namespace disktwin::machine;

namespace {

// Of every code a glyph that is far from all others.
Font testFont() {
  Font out;
  for (char code = '!'; code <= '~'; ++code) {
    Character one{{}, code};
    std::uint32_t state = static_cast<std::uint32_t>(code) * 2654435761U;
    for (std::size_t row = 2; row < 14; ++row) {
      state = state * 1664525U + 1013904223U;
      one.glyph[row] = static_cast<std::uint8_t>(state >> 24);
    }
    out.push_back(one);
  }
  return out;
}

Picture draw(const std::string& text, std::size_t width, std::size_t height, std::size_t cell,
             const Font& font, std::uint32_t ink, std::uint32_t paper) {
  Picture out{width, height, std::vector<std::uint32_t>(width * height, paper)};
  std::size_t left = 0;
  std::size_t top = 0;
  for (const char c : text) {
    if (c == '\n') {
      left = 0;
      top += 16;
      continue;
    }
    for (const Character& one : font) {
      if (one.code != c || top + 16 > height) continue;
      for (std::size_t y = 0; y < 16; ++y) {
        for (std::size_t x = 0; x < 8; ++x) {
          if (one.glyph[y] & (0x80 >> x)) out.pixels[(top + y) * width + left + x] = ink;
        }
      }
    }
    left += cell;
  }
  return out;
}

std::vector<std::byte> bytesOf(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("text is read in text mode and on a framebuffer, in any colour") {
  const Font font = testFont();
  const std::string text = "Debian 12 tty1\n\nsystem login:";
  CHECK(readScreen(draw(text, 720, 400, 9, font, 0xAAAAAA, 0), font) == text);
  CHECK(readScreen(draw(text, 800, 600, 8, font, 0, 0xFFFFFF), font) == text);
  CHECK(readScreen(draw(text, 1279, 17, 8, font, 5, 4), font) == "Debian 12 tty1");
}

TEST_CASE("glyphs may differ a little, and are not guessed when they differ much") {
  const Font font = testFont();
  Picture picture = draw("abc", 80, 16, 8, font, 1, 0);
  picture.pixels[3 * 80 + 1] ^= 1;
  picture.pixels[5 * 80 + 2] ^= 1;
  CHECK(readScreen(picture, font) == "abc");
  for (std::size_t row = 2; row < 10; ++row) picture.pixels[row * 80 + 3] ^= 1;
  CHECK(readScreen(picture, font) == std::string(1, kUnknown) + "bc");
}

TEST_CASE("a screen that shows nothing, or is smaller than a letter, has no text") {
  CHECK(
      readScreen(Picture{800, 600, std::vector<std::uint32_t>(800 * 600, 7)}, testFont()).empty());
  CHECK(readScreen(Picture{7, 15, std::vector<std::uint32_t>(7 * 15)}, testFont()).empty());
}

TEST_CASE("pictures are read as QEMU writes them, and nothing else is") {
  const auto picture = parsePpm(bytesOf("P6\n2 1\n255\n\x01\x02\x03\xFF\xFE\xFD"));
  REQUIRE(picture);
  CHECK(picture->width == 2);
  CHECK(picture->pixels == std::vector<std::uint32_t>{0x010203, 0xFFFEFD});
  for (const char* bad : {"", "P6", "P5\n2 1\n255\n123456", "P6\n2 1\n255\n12345", "P6\n0 1\n255\n",
                          "P6\n-2 1\n255\n123456", "P6\n2 1\n65535\n123456789012",
                          "P6\n99999999 99999999\n255\n", "P6\n2 1\n255"}) {
    CHECK_FALSE(parsePpm(bytesOf(bad)));
  }
}

TEST_CASE("a font is found in a VGA BIOS, and not where there is none") {
  CHECK(fontOfVgaBios({}).empty());
  std::vector<std::byte> rom(6000, std::byte{0x11});
  CHECK(fontOfVgaBios(rom).empty());
  const std::uint8_t letter[] = {0,    0,    0x10, 0x38, 0x6C, 0xC6, 0xC6, 0xFE,
                                 0xC6, 0xC6, 0xC6, 0xC6, 0,    0,    0,    0};
  std::memcpy(rom.data() + 65 * 16 + 100, letter, sizeof letter);
  const Font font = fontOfVgaBios(rom);
  REQUIRE(font.size() == 94);
  CHECK(font['A' - '!'].code == 'A');
  CHECK(std::memcmp(font['A' - '!'].glyph.data(), letter, 16) == 0);
  // Cut off on either side.
  CHECK(fontOfVgaBios(std::span(rom).subspan(101)).empty());
  CHECK(fontOfVgaBios(std::span(rom).first(100 + 256 * 16 - 1)).empty());
}
