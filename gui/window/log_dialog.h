// The record of a job as text: what it was, what it warned of, how it ended.
#pragma once

#include <wx/dialog.h>

#include <string>

namespace disktwin::gui {

class LogDialog : public wxDialog {
 public:
  LogDialog(wxWindow* parent, const std::string& events);
};

}  // namespace disktwin::gui
