// A job that runs, and what came of it.
#pragma once

#include <wx/button.h>
#include <wx/dataview.h>
#include <wx/gauge.h>
#include <wx/stattext.h>

#include <chrono>
#include <memory>

#include "gui/desktop/desktop.h"
#include "gui/pages/page.h"
#include "gui/widgets/error_panel.h"
#include "gui/widgets/flow_text.h"
#include "gui/widgets/rate_graph.h"
#include "gui/wizard/overall.h"

namespace disktwin::gui {

class ProgressPage : public PageView {
 public:
  ProgressPage(wxWindow* parent, Context& context);

  Page page() const override { return Page::Progress; }
  wxString title() const override;
  // Starts what the wizard holds.
  void enter() override;
  wxString whyNotOn() const override { return ""; }
  wxString onLabel() const override { return ""; }
  bool holds() const override { return running_ && !isOver(running_->state().status); }

  // Follows a job that is there already, or starts another than the wizard's.
  void follow(const std::string& events, const std::string& control);
  void start(const std::vector<std::string>& words, bool asRoot);
  // It ended, and not well: one may want to go back and do it in another way.
  bool hasFailed() const {
    return running_ && isOver(running_->state().status) && running_->state().failure;
  }
  // What runs, as a task is called: "Clone".
  wxString task() const;

 private:
  void reset();
  void heard(const JobState& state);
  void heardOfLeft(const JobState& state);
  void showRunning(const JobState& state);
  void showNumbers(const JobState& state, const Overall& all);
  void showParts(const JobState& state);
  void showEnd(const JobState& state);
  wxString nextSteps(const JobState& state) const;
  void askCancel();
  void tellEnd(const JobState& state);
  void letGo();

  FlowText* what_;
  wxStaticText* phase_;
  wxGauge* gauge_;
  FlowText* numbers_;
  wxDataViewListCtrl* parts_;
  RateGraph* graph_;
  FlowText* warnings_;
  wxButton* pause_;
  wxButton* cancel_;
  wxButton* boot_;
  wxButton* compare_;
  FlowText* result_;
  ErrorPanel* error_;
  std::shared_ptr<Running> running_;
  std::vector<std::shared_ptr<Running>> left_;  // that go on behind what is in sight
  Desktop desktop_;
  std::chrono::steady_clock::time_point began_;
  RateMeter meter_;
  std::string verb_;
  bool isCancelling_ = false;
};

}  // namespace disktwin::gui
