#include "gui/pages/page.h"

#include <wx/intl.h>

#include "gui/window/text.h"

namespace disktwin::gui {

PageView::PageView(wxWindow* parent, Context& context)
    : wxScrolledWindow(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize,
                       wxVSCROLL | wxTAB_TRAVERSAL),
      context_(context),
      column_(new wxBoxSizer(wxVERTICAL)) {
  SetScrollRate(0, FromDIP(10));
  SetSizer(column_);
}

wxString PageView::whyNotOn() const {
  return shown(context_.wizard.whyNotOn(page()));
}

wxString PageView::onLabel() const {
  return _("&Next");
}

void PageView::relayout() {
  Layout();
  FitInside();
}

}  // namespace disktwin::gui
