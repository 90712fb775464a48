#include "gui/widgets/hold_button.h"

#include <wx/intl.h>

#include <algorithm>

#include "gui/widgets/accessible.h"
#include "gui/widgets/canvas.h"

namespace disktwin::gui {

wxDEFINE_EVENT(EVT_HELD, wxCommandEvent);

namespace {
constexpr int kFrameMilliseconds = 25;
constexpr int kHintMilliseconds = 3000;
// More between two frames does not count: when the program was stuck, it may not know yet that the
// button has been let go.
constexpr double kMostPerFrame = 100;
}  // namespace

HoldButton::HoldButton(wxWindow* parent, const wxString& label) : label_(label) {
  Create(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize,
         wxBORDER_NONE | wxFULL_REPAINT_ON_RESIZE | wxWANTS_CHARS);
  timer_.SetOwner(this);
  Bind(wxEVT_TIMER, &HoldButton::onTimer, this, timer_.GetId());
  hintTimer_.SetOwner(this);
  Bind(
      wxEVT_TIMER, [this](wxTimerEvent&) { Refresh(); }, hintTimer_.GetId());
  Bind(wxEVT_PAINT, &HoldButton::onPaint, this);
  Bind(wxEVT_LEFT_DOWN, [this](wxMouseEvent&) {
    SetFocus();
    press(Held::ByMouse);
  });
  Bind(wxEVT_LEFT_DCLICK, [this](wxMouseEvent&) { press(Held::ByMouse); });
  Bind(wxEVT_LEFT_UP, [this](wxMouseEvent&) {
    if (held_ == Held::ByMouse) release(true);
  });
  Bind(wxEVT_MOUSE_CAPTURE_LOST, [this](wxMouseCaptureLostEvent&) { release(false); });
  Bind(wxEVT_MOTION, [this](wxMouseEvent& event) {
    event.Skip();
    // Whoever moves away has changed their mind.
    if (held_ == Held::ByMouse && !GetClientRect().Contains(event.GetPosition())) release(false);
  });
  Bind(wxEVT_KEY_DOWN, &HoldButton::onKeyDown, this);
  Bind(wxEVT_KEY_UP, [this](wxKeyEvent& event) {
    if (event.GetKeyCode() != WXK_SPACE) return event.Skip();
    spaceIsDown_ = false;
    if (held_ == Held::BySpace) release(true);
  });
  const auto hover = [this](bool pointed) {
    return [this, pointed](wxMouseEvent& event) {
      isPointed_ = pointed;
      Refresh();
      event.Skip();
    };
  };
  Bind(wxEVT_ENTER_WINDOW, hover(true));
  Bind(wxEVT_LEAVE_WINDOW, hover(false));
  Bind(wxEVT_SET_FOCUS, [this](wxFocusEvent& event) {
    Refresh();
    event.Skip();
  });
  Bind(wxEVT_KILL_FOCUS, [this](wxFocusEvent& event) {
    spaceIsDown_ = false;
    if (held_ != Held::No) release(false);
    Refresh();
    event.Skip();
  });
  setLabel(label);
  setAccessibleAction(this, "press", [this] {
    if (held_ == Held::ByItself) return release(false);
    press(Held::ByItself);
  });
}

void HoldButton::setLabel(const wxString& label) {
  label_ = label;
  setAccessible(this, label, _("Has to be kept pressed for a moment."), Role::Button);
  InvalidateBestSize();
  Refresh();
}

bool HoldButton::Enable(bool enable) {
  if (!enable && held_ != Held::No) release(false);
  setAccessibleEnabled(this, enable);
  Refresh();
  return wxControl::Enable(enable);
}

wxString HoldButton::hint() const {
  return _("Keep it pressed");
}

wxSize HoldButton::DoGetBestClientSize() const {
  const wxFont font = fontFor(TextSize::Heading, true);
  const int width = std::max(textWidth(this, font, label_), textWidth(this, font, hint()));
  return {width + FromDIP(64) + 2 * focusMargin(this),
          lineHeight(this, font) + FromDIP(26) + 2 * focusMargin(this)};
}

double HoldButton::progress() const {
  return std::min(1.0, heldFor_ / kHoldMilliseconds);
}

void HoldButton::press(Held how) {
  if (held_ != Held::No || !IsEnabled()) return;
  held_ = how;
  heldFor_ = 0;
  counted_ = Clock::now();
  if (how == Held::ByMouse) CaptureMouse();
  hintTimer_.Stop();
  timer_.Start(kFrameMilliseconds);
  Refresh();
}

void HoldButton::release(bool tooEarly) {
  timer_.Stop();
  held_ = Held::No;
  if (HasCapture()) ReleaseMouse();
  if (tooEarly) showHint();
  Refresh();
}

void HoldButton::onTimer(wxTimerEvent&) {
  Refresh();
  if (held_ == Held::No) return;
  const Clock::time_point now = Clock::now();
  const std::chrono::duration<double, std::milli> past = now - counted_;
  counted_ = now;
  heldFor_ += std::min(past.count(), kMostPerFrame);
  if (progress() < 1) return;
  release(false);
  wxCommandEvent event(EVT_HELD, GetId());
  event.SetEventObject(this);
  ProcessWindowEvent(event);
}

void HoldButton::onKeyDown(wxKeyEvent& event) {
  switch (event.GetKeyCode()) {
    case WXK_SPACE:
      if (!spaceIsDown_) press(Held::BySpace);
      spaceIsDown_ = true;
      return;
    case WXK_RETURN:
    case WXK_NUMPAD_ENTER:
      return showHint();
    case WXK_ESCAPE:
      if (held_ == Held::No) return event.Skip();
      return release(false);
    default:
      event.Skip();
  }
}

void HoldButton::showHint() {
  hintTimer_.StartOnce(kHintMilliseconds);
  announce(this, hint());
  Refresh();
}

void HoldButton::onPaint(wxPaintEvent&) {
  Canvas canvas(this);
  const Palette& colours = palette();
  const int radius = FromDIP(6);
  wxRect box = GetClientRect();
  if (HasFocus()) canvas.focusRing(box, radius + focusMargin(this));
  box.Deflate(focusMargin(this));
  if (!IsEnabled()) {
    canvas.box(box, radius, toColour(colours.surfaceDisabled), toColour(colours.border));
    canvas.text(label_, box, fontFor(TextSize::Heading, true), toColour(colours.muted),
                Align::Centre);
    return;
  }
  const bool pointed = isPointed_ && held_ == Held::No;
  canvas.box(box, radius, toColour(pointed ? colours.dangerFillHover : colours.dangerFill));
  if (held_ != Held::No) {
    canvas.boxWithin(wxRect2DDouble(box.x, box.y, box.width * progress(), box.height), box, radius,
                     toColour(colours.dangerFillPressed));
  }
  const bool hinting = held_ != Held::No || hintTimer_.IsRunning();
  canvas.text(hinting ? hint() : label_, box, fontFor(TextSize::Heading, true),
              toColour(colours.onDanger), Align::Centre);
}

}  // namespace disktwin::gui
