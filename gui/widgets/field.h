// A line that can be typed into.
#pragma once

#include <wx/textctrl.h>

namespace disktwin::gui {

// As high as its text at any scale. `name`: what it is called, with or without a mnemonic. `style`:
// wxTE_PASSWORD.
wxTextCtrl* newField(wxWindow* parent, const wxString& name, long style = 0);

}  // namespace disktwin::gui
