// Pictures out of files that nobody vouches for. With picture.cc the only file that knows
// GdkPixbuf.
#pragma once

#include <wx/bitmap.h>

#include <optional>
#include <string>

namespace disktwin::gui {

struct Picture {
  wxBitmap bitmap;          // scaled down to the room there is; invalid when it is too large
  wxSize size;              // of the picture as it is, in pixels
  bool isTooLarge = false;  // for the memory that it would take
};

// Of the formats that the web is made of; nothing for what is no such picture, or a damaged one.
// How large it is, is known before any of it is unpacked.
std::optional<Picture> readPicture(const std::string& file, const wxSize& room);

}  // namespace disktwin::gui
