#include "gui/window/log_dialog.h"

#include <wx/button.h>
#include <wx/sizer.h>
#include <wx/textctrl.h>

#include "gui/run/job.h"
#include "gui/run/record.h"
#include "gui/widgets/clipboard.h"
#include "gui/window/text.h"
#include "gui/wizard/log_text.h"

namespace disktwin::gui {

LogDialog::LogDialog(wxWindow* parent, const std::string& events)
    : wxDialog(parent, wxID_ANY, _("Log"), wxDefaultPosition, wxDefaultSize,
               wxDEFAULT_DIALOG_STYLE | wxRESIZE_BORDER) {
  Record record(events, "");
  std::vector<std::string> lines;
  for (std::vector<std::string> more = record.read(); !more.empty(); more = record.read()) {
    lines.insert(lines.end(), more.begin(), more.end());
  }
  auto* text = new wxTextCtrl(this, wxID_ANY, shown(logText(lines)), wxDefaultPosition,
                              FromDIP(wxSize(640, 400)), wxTE_MULTILINE | wxTE_READONLY);
  auto* column = new wxBoxSizer(wxVERTICAL);
  column->Add(text, wxSizerFlags(1).Expand().Border(wxALL, FromDIP(8)));
  auto* copy = new wxButton(this, wxID_ANY, _("Copy &details"));
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  row->Add(copy, wxSizerFlags().Border(wxRIGHT, FromDIP(8)));
  row->Add(new wxButton(this, wxID_CLOSE, _("&Close")));
  column->Add(row, wxSizerFlags().Right().Border(wxALL, FromDIP(8)));
  SetSizerAndFit(column);
  SetEscapeId(wxID_CLOSE);
  copy->Bind(wxEVT_BUTTON, [text](wxCommandEvent&) { copyText(text->GetValue()); });
  text->SetFocus();
}

}  // namespace disktwin::gui
