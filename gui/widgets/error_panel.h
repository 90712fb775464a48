// What went wrong, in the words of the command-line program, with what to do next and a button that
// copies all of it.
#pragma once

#include <wx/panel.h>

#include "gui/run/job_state.h"

namespace disktwin::gui {

class FlowText;

class ErrorPanel : public wxPanel {
 public:
  explicit ErrorPanel(wxWindow* parent);  // hidden

  void showFailure(const Failure& failure);
  void clear();  // hides it

 private:
  FlowText* what_;
  FlowText* hint_;
  wxString details_;
};

}  // namespace disktwin::gui
