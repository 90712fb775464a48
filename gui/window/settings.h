// What the window remembers from one start to the next.
#pragma once

#include <wx/gdicmn.h>
#include <wx/string.h>

namespace disktwin::gui {

class Settings {
 public:
  wxSize windowSize() const;  // wxDefaultSize when none is remembered
  void setWindowSize(const wxSize& size);
  bool isMaximized() const;
  void setMaximized(bool maximized);
  // Where files were chosen last.
  wxString folder() const;
  void setFolder(const wxString& folder);
};

}  // namespace disktwin::gui
