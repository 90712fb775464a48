#include "gui/widgets/picture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <string_view>

namespace disktwin::gui {
namespace {

constexpr int kLargestSide = 20'000;
constexpr std::int64_t kMostPixels = 100'000'000;

// There are decoders for many more, which few have ever looked at.
constexpr std::array<std::string_view, 5> kFormats{"png", "jpeg", "gif", "bmp", "webp"};

// Whether one of those formats is to be expected: no other decoder is to see the file at all.
bool beginsLikeOne(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::array<char, 12> bytes{};
  stream.read(bytes.data(), bytes.size());
  const std::string_view head(bytes.data(), static_cast<std::size_t>(stream.gcount()));
  return head.starts_with("\x89PNG\r\n") || head.starts_with("\xff\xd8\xff") ||
         head.starts_with("GIF8") || head.starts_with("BM") ||
         (head.starts_with("RIFF") && head.ends_with("WEBP"));
}

bool isKnown(GdkPixbufFormat* format) {
  gchar* name = gdk_pixbuf_format_get_name(format);
  const bool out = std::ranges::find(kFormats, std::string_view(name)) != kFormats.end();
  g_free(name);
  return out;
}

}  // namespace

std::optional<Picture> readPicture(const std::string& file, const wxSize& room) {
  if (!beginsLikeOne(file)) return std::nullopt;
  Picture out;
  GdkPixbufFormat* format = gdk_pixbuf_get_file_info(file.c_str(), &out.size.x, &out.size.y);
  if (!format || !isKnown(format) || out.size.x < 1 || out.size.y < 1) return std::nullopt;
  out.isTooLarge = out.size.x > kLargestSide || out.size.y > kLargestSide ||
                   std::int64_t{out.size.x} * out.size.y > kMostPixels;
  if (out.isTooLarge) return out;
  // What is smaller than its room stays so.
  const wxSize most(std::clamp(room.x, 1, out.size.x), std::clamp(room.y, 1, out.size.y));
  GdkPixbuf* pixels =
      gdk_pixbuf_new_from_file_at_scale(file.c_str(), most.x, most.y, TRUE, nullptr);
  if (!pixels) return std::nullopt;
  out.bitmap = wxBitmap(pixels);  // which it belongs to now
  return out;
}

}  // namespace disktwin::gui
