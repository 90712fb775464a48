// Between the texts of the protocol (UTF-8) and those of wx.
#pragma once

#include <wx/string.h>

#include <string>

#include "gui/widgets/words.h"

namespace disktwin::gui {

inline wxString shown(const std::string& text) {
  return fromUtf8(text);
}
inline std::string utf8(const wxString& text) {
  return std::string(text.utf8_str());
}

}  // namespace disktwin::gui
