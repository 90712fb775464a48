// What will happen, before it does: the last look, and the one place where it can be started.
#pragma once

#include <wx/button.h>
#include <wx/gauge.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include <vector>

#include "gui/pages/page.h"
#include "gui/pages/plan_asker.h"
#include "gui/widgets/error_panel.h"
#include "gui/widgets/flow_text.h"
#include "gui/widgets/hold_button.h"

namespace disktwin::gui {

class SummaryPage : public PageView {
 public:
  SummaryPage(wxWindow* parent, Context& context);

  Page page() const override { return Page::Summary; }
  wxString title() const override;
  void enter() override;
  void leave() override { asker_.drop(); }
  wxString whyNotOn() const override;
  wxString onLabel() const override { return ""; }  // Enter must not start it

 private:
  void heard(const JobState& state);
  void showPlan();
  void section(const wxString& heading, const wxString& text, bool isDanger = false);
  wxString willBeRead() const;
  wxString willBeLost() const;
  wxString howLong() const;
  wxString wouldStart() const;
  void showStart();

  FlowText* intro_;
  wxGauge* busy_;
  ErrorPanel* error_;
  wxPanel* facts_;
  wxBoxSizer* factsColumn_;
  wxTextCtrl* command_;
  wxButton* copy_;
  wxPanel* start_;
  FlowText* typeLabel_;
  wxTextCtrl* typed_;
  wxButton* startTyped_;
  HoldButton* hold_;
  PlanAsker asker_;
};

}  // namespace disktwin::gui
