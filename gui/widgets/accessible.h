// What assistive programs (screen readers, switches, voice control) and tests learn of a widget
// that is painted by ourselves. The only file that knows ATK.
#pragma once

#include <wx/string.h>

#include <functional>

class wxWindow;

namespace disktwin::gui {

enum class Role {
  Button,
  RadioButton,
  List,    // holds cards
  Image,   // a picture that says what it shows
  Border,  // can be moved
  Text,
  Panel,
};

// Names it; to be called when the window has been created, and again whenever one of the two texts
// changes. Works for native controls as well, whose role is left as it is with the second form.
void setAccessible(wxWindow* window, const wxString& name, const wxString& description, Role role);
void setAccessibleName(wxWindow* window, const wxString& name, const wxString& description = "");

// Of a radio button.
void setAccessibleChecked(wxWindow* window, bool checked);
// Whether it can be used; a window that is greyed by ourselves still takes the focus.
void setAccessibleEnabled(wxWindow* window, bool enabled);

// What happens when an assistive program presses it; runs in the event loop, and not at all when
// the window is gone by then. `name` is what it is called: "click".
void setAccessibleAction(wxWindow* window, const char* name, std::function<void()> action);

// Has a text spoken, where there is somebody who speaks.
void announce(wxWindow* window, const wxString& text);

}  // namespace disktwin::gui
