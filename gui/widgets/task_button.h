// A large button for something that the program can do: a drawing, a name, and a sentence.
#pragma once

#include <wx/control.h>

#include <vector>

#include "gui/widgets/task_icon.h"

namespace disktwin::gui {

// Sends wxEVT_BUTTON when it is clicked, or Space or Enter is pressed on it.
class TaskButton : public wxControl {
 public:
  TaskButton(wxWindow* parent, TaskIcon icon, const wxString& title, const wxString& sentence);

 protected:
  wxSize DoGetBestClientSize() const override;

 private:
  struct Places {
    wxRect box;
    wxRect icon;
    wxRect title;
    std::vector<wxString> titleLines;
    wxRect sentence;
    std::vector<wxString> sentenceLines;
    int height = 0;
  };
  Places placesFor(int width) const;
  void onPaint(wxPaintEvent& event);
  void send();

  TaskIcon icon_;
  wxString title_;
  wxString sentence_;
  bool isPointed_ = false;
  bool isPressed_ = false;
};

}  // namespace disktwin::gui
