// Texts for other programs.
#pragma once

#include <wx/string.h>

namespace disktwin::gui {

// Stays there when this program ends.
void copyText(const wxString& text);

}  // namespace disktwin::gui
