#include "gui/window/shut_down.h"

#include <wx/app.h>
#include <wx/button.h>
#include <wx/dialog.h>
#include <wx/gauge.h>
#include <wx/msgdlg.h>
#include <wx/sizer.h>
#include <wx/stattext.h>

#include <algorithm>
#include <utility>

#include "gui/desktop/desktop.h"
#include "gui/run/job_list.h"

namespace disktwin::gui {
namespace {

constexpr int kSeconds = 60;

class Countdown : public wxDialog {
 public:
  explicit Countdown(wxWindow* parent)
      : wxDialog(parent, wxID_ANY, _("Shutting down")),
        gauge_(new wxGauge(this, wxID_ANY, kSeconds)),
        timer_(this) {
    const int gap = FromDIP(12);
    auto* column = new wxBoxSizer(wxVERTICAL);
    auto* text = new wxStaticText(this, wxID_ANY, _("The machine shuts down in a minute."));
    auto* stop = new wxButton(this, wxID_CANCEL, _("&Do not shut down"));
    column->Add(text, wxSizerFlags().Border(wxALL, gap));
    column->Add(gauge_, wxSizerFlags().Expand().Border(wxLEFT | wxRIGHT, gap));
    column->Add(stop, wxSizerFlags().Right().Border(wxALL, gap));
    SetSizerAndFit(column);
    stop->SetFocus();
    Bind(wxEVT_TIMER, [this](wxTimerEvent&) {
      gauge_->SetValue(++past_);
      if (past_ >= kSeconds) EndModal(wxID_OK);
    });
    timer_.Start(1000);
  }

 private:
  wxGauge* gauge_;
  wxTimer timer_;
  int past_ = 0;
};

bool anythingRuns() {
  JobList list(jobFolders());
  return std::ranges::any_of(list.look(), &JobEntry::isAlive);
}

}  // namespace

ShutDown::ShutDown() : timer_(this) {
  Bind(wxEVT_TIMER, [this](wxTimerEvent&) { look(); });
}

void ShutDown::after(std::shared_ptr<Running> job) {
  job_ = std::move(job);
  timer_.Start(1000);
}

void ShutDown::look() {
  if (!job_ || !isOver(job_->state().status)) return;
  const bool isGood = job_->state().status == JobStatus::Done;
  if (isGood && anythingRuns()) return;  // when that has ended
  job_.reset();
  timer_.Stop();
  if (!isGood) return;
  wxWindow* const window = wxTheApp->GetTopWindow();
  if (Countdown(window).ShowModal() != wxID_OK) return;
  if (!shutDown()) {
    wxMessageBox(_("The system did not shut down."), "Disktwin", wxOK | wxICON_WARNING, window);
  }
}

}  // namespace disktwin::gui
