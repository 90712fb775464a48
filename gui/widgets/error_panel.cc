#include "gui/widgets/error_panel.h"

#include <wx/button.h>
#include <wx/intl.h>
#include <wx/sizer.h>

#include "gui/widgets/accessible.h"
#include "gui/widgets/clipboard.h"
#include "gui/widgets/flow_text.h"
#include "gui/widgets/words.h"

namespace disktwin::gui {

ErrorPanel::ErrorPanel(wxWindow* parent)
    : wxPanel(parent),
      what_(new FlowText(this, "", FlowText::Style::Danger)),
      hint_(new FlowText(this, "")) {
  auto* copy = new wxButton(this, wxID_ANY, _("Copy &details"));
  auto* column = new wxBoxSizer(wxVERTICAL);
  const int gap = FromDIP(8);
  column->Add(what_, wxSizerFlags().Expand());
  column->Add(hint_, wxSizerFlags().Expand().Border(wxTOP, gap));
  column->Add(copy, wxSizerFlags().Border(wxTOP, gap));
  SetSizer(column);
  copy->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { copyText(details_); });
  Hide();
}

void ErrorPanel::showFailure(const Failure& failure) {
  wxString hint = fromUtf8(failure.hint);
  if (!failure.targetSays.empty()) {
    hint += (hint.empty() ? "" : "\n") + fromUtf8(failure.targetSays);
  }
  what_->setText(fromUtf8(failure.text()));
  hint_->setText(hint);
  hint_->Show(!hint.empty());
  details_ = fromUtf8(failure.details());
  Show();
  Layout();
  announce(this, fromUtf8(failure.text()));
}

void ErrorPanel::clear() {
  Hide();
}

}  // namespace disktwin::gui
