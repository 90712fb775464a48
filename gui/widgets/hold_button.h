// The button for what cannot be undone: it has to be kept pressed, so that no click by mistake and
// no double click does it.
#pragma once

#include <wx/control.h>
#include <wx/timer.h>

#include <chrono>

namespace disktwin::gui {

// It was pressed long enough.
wxDECLARE_EVENT(EVT_HELD, wxCommandEvent);

// By mouse or Space. A click, or Enter, does nothing but say that it has to be kept pressed. An
// assistive program that presses it starts the same wait, and stops it by pressing again.
class HoldButton : public wxControl {
 public:
  static constexpr int kHoldMilliseconds = 1500;

  // `label`: "Hold to erase and copy".
  HoldButton(wxWindow* parent, const wxString& label);

  void setLabel(const wxString& label);
  bool Enable(bool enable = true) override;

 protected:
  wxSize DoGetBestClientSize() const override;

 private:
  enum class Held { No, ByMouse, BySpace, ByItself };

  void press(Held how);
  void release(bool tooEarly);
  void onTimer(wxTimerEvent& event);
  void onKeyDown(wxKeyEvent& event);
  void showHint();
  void onPaint(wxPaintEvent& event);
  double progress() const;
  wxString hint() const;

  wxString label_;
  wxTimer timer_;
  wxTimer hintTimer_;
  Held held_ = Held::No;
  using Clock = std::chrono::steady_clock;
  Clock::time_point counted_;  // up to when it is in `heldFor_`
  double heldFor_ = 0;         // milliseconds
  bool isPointed_ = false;
  // Space repeats itself while it is down: it has to be let go before it counts again.
  bool spaceIsDown_ = false;
};

}  // namespace disktwin::gui
