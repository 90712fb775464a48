// Before and after: the sizes that partitions get on the target.
#pragma once

#include <wx/gauge.h>
#include <wx/stattext.h>

#include "gui/pages/page.h"
#include "gui/pages/plan_asker.h"
#include "gui/widgets/error_panel.h"
#include "gui/widgets/fit_editor.h"
#include "gui/widgets/flow_text.h"

namespace disktwin::gui {

class FitPage : public PageView {
 public:
  FitPage(wxWindow* parent, Context& context);

  Page page() const override { return Page::Fit; }
  wxString title() const override;
  void begin() override;
  void enter() override;
  void leave() override { asker_.drop(); }
  bool store() override;
  wxString whyNotOn() const override;

 private:
  void heard(const JobState& state);
  void showPlan();

  FlowText* intro_;
  wxGauge* busy_;
  FitEditor* editor_;
  ErrorPanel* error_;
  PlanAsker asker_;
  std::string shownFor_;  // what is being edited (Wizard::fitKey)
  bool isPlanned_ = false;
};

}  // namespace disktwin::gui
