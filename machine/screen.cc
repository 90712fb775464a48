#include "machine/screen.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <string_view>

namespace disktwin::machine {
namespace {

constexpr std::size_t kCellHeight = 16;
constexpr std::size_t kLargest = 1U << 14;  // pixels in a row or column
// How many of the 128 pixels of a glyph may differ, and how much worse the second best has to be.
constexpr int kMostDifferent = 4;
constexpr int kClearly = 2;

std::optional<std::size_t> takeNumber(std::string_view& rest) {
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\n')) rest.remove_prefix(1);
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc() || number == 0 || number > kLargest) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return number;
}

// No glyph of a letter touches its upper left corner, so that pixel has the background's colour.
Glyph glyphAt(const Picture& picture, std::size_t left, std::size_t top) {
  Glyph out{};
  const std::uint32_t background = picture.pixels[top * picture.width + left];
  for (std::size_t y = 0; y < kCellHeight; ++y) {
    const auto row =
        picture.pixels.begin() + static_cast<std::ptrdiff_t>((top + y) * picture.width + left);
    for (std::ptrdiff_t x = 0; x < 8; ++x) {
      out[y] = static_cast<std::uint8_t>(out[y] << 1 | (row[x] != background ? 1 : 0));
    }
  }
  return out;
}

int difference(const Glyph& a, const Glyph& b) {
  int out = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    out += std::popcount(static_cast<std::uint8_t>(a[i] ^ b[i]));
  }
  return out;
}

char nearest(const Glyph& glyph, const Font& font) {
  if (glyph == Glyph{}) return ' ';
  int best = kMostDifferent + 1;
  int second = best + kClearly;
  char out = kUnknown;
  for (const Character& one : font) {
    const int here = difference(glyph, one.glyph);
    if (here < best) {
      if (one.code != out) second = best;
      best = here;
      out = one.code;
    } else if (one.code != out) {
      second = std::min(second, here);
    }
  }
  return best <= kMostDifferent && (best == 0 || second - best >= kClearly) ? out : kUnknown;
}

}  // namespace

std::optional<Picture> parsePpm(std::span<const std::byte> bytes) {
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!rest.starts_with("P6")) return std::nullopt;
  rest.remove_prefix(2);
  const auto width = takeNumber(rest);
  const auto height = width ? takeNumber(rest) : std::nullopt;
  const auto most = height ? takeNumber(rest) : std::nullopt;
  if (!most || *most != 255 || rest.empty()) return std::nullopt;
  rest.remove_prefix(1);
  if (rest.size() < *width * *height * 3) return std::nullopt;
  Picture out{*width, *height, {}};
  out.pixels.reserve(*width * *height);
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(rest[at]));
  };
  for (std::size_t at = 0; at < *width * *height * 3; at += 3) {
    out.pixels.push_back(byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2));
  }
  return out;
}

std::string readScreen(const Picture& picture, const Font& font) {
  const bool textMode = picture.width == 720 && picture.height == 400;
  const std::size_t cellWidth = textMode ? 9 : 8;
  std::string out;
  for (std::size_t top = 0; top + kCellHeight <= picture.height; top += kCellHeight) {
    std::string line;
    for (std::size_t left = 0; left + cellWidth <= picture.width; left += cellWidth) {
      line += nearest(glyphAt(picture, left, top), font);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  out.erase(out.find_last_not_of('\n') + 1);
  return out;
}

}  // namespace disktwin::machine
