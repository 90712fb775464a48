#include "gui/widgets/task_button.h"

#include <algorithm>

#include "gui/widgets/accessible.h"
#include "gui/widgets/canvas.h"
#include "gui/widgets/flow_text.h"

namespace disktwin::gui {

TaskButton::TaskButton(wxWindow* parent, TaskIcon icon, const wxString& title,
                       const wxString& sentence)
    : icon_(icon), title_(title), sentence_(sentence) {
  Create(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize,
         wxBORDER_NONE | wxFULL_REPAINT_ON_RESIZE | wxWANTS_CHARS);
  SetCursor(wxCursor(wxCURSOR_HAND));
  Bind(wxEVT_PAINT, &TaskButton::onPaint, this);
  Bind(wxEVT_SIZE, [this](wxSizeEvent& event) {
    event.Skip();
    const wxSize least(textUnits(this, 40), placesFor(event.GetSize().x).height);
    if (least == GetMinSize()) return;
    SetMinSize(least);
    layOutAround(this);
  });
  const auto press = [this](wxMouseEvent&) {
    SetFocus();
    isPressed_ = true;
    Refresh();
  };
  Bind(wxEVT_LEFT_DOWN, press);
  Bind(wxEVT_LEFT_DCLICK, press);
  Bind(wxEVT_LEFT_UP, [this](wxMouseEvent& event) {
    const bool fires = isPressed_ && GetClientRect().Contains(event.GetPosition());
    isPressed_ = false;
    Refresh();
    if (fires) send();
  });
  Bind(wxEVT_KEY_DOWN, [this](wxKeyEvent& event) {
    const int key = event.GetKeyCode();
    if (key == WXK_SPACE || key == WXK_RETURN || key == WXK_NUMPAD_ENTER) return send();
    event.Skip();
  });
  repaintWhenUsed(this, isPointed_);
  Bind(wxEVT_LEAVE_WINDOW, [this](wxMouseEvent& event) {
    isPressed_ = false;
    event.Skip();
  });
  setAccessible(this, title, sentence, Role::Button);
  setAccessibleAction(this, "click", [this] { send(); });
}

wxSize TaskButton::DoGetBestClientSize() const {
  const int width = textUnits(this, 80);
  return {width, placesFor(width).height};
}

TaskButton::Places TaskButton::placesFor(int width) const {
  const int margin = focusMargin(this);
  const int inside = FromDIP(12);
  const wxFont title = fontFor(TextSize::Heading, true);
  const wxFont normal = fontFor(TextSize::Normal);
  const int icon = textUnits(this, 10);

  Places out;
  const int top = margin + inside;
  out.icon = {margin + inside, top, icon, icon};
  const int left = out.icon.GetRight() + 1 + FromDIP(14);
  const int room = std::max(1, width - left - inside - margin);
  out.titleLines = wrapText(this, title, title_, room);
  out.title = {left, top, room, lineHeight(this, title) * static_cast<int>(out.titleLines.size())};
  out.sentenceLines = wrapText(this, normal, sentence_, room);
  out.sentence = {left, out.title.GetBottom() + 1 + FromDIP(4), room,
                  lineHeight(this, normal) * static_cast<int>(out.sentenceLines.size())};
  out.height = std::max(out.icon.GetBottom(), out.sentence.GetBottom()) + 1 + inside + margin;
  out.box = {margin, margin, width - 2 * margin, out.height - 2 * margin};
  return out;
}

void TaskButton::onPaint(wxPaintEvent&) {
  Canvas canvas(this);
  const Palette& colours = palette();
  const wxSize size = GetClientSize();
  Places places = placesFor(size.x);
  // Beside a higher one it fills the row.
  places.box.height = std::max(places.box.height, size.y - 2 * focusMargin(this));
  const int radius = FromDIP(8);
  const Rgb surface = isPressed_   ? colours.surfaceSelected
                      : isPointed_ ? colours.surfaceHover
                                   : colours.surface;
  canvas.box(places.box, radius, toColour(surface),
             toColour(isPointed_ ? colours.accent : colours.border), FromDIP(1));
  if (HasFocus()) {
    wxRect ring = places.box;
    canvas.focusRing(ring.Deflate(FromDIP(4)), FromDIP(5));
  }
  drawTaskIcon(canvas.context(), icon_,
               wxRect2DDouble(places.icon.x, places.icon.y, places.icon.width, places.icon.height),
               toColour(colours.accent), toColour(colours.borderStrong));
  canvas.lines(places.titleLines, places.title, fontFor(TextSize::Heading, true),
               toColour(colours.text));
  canvas.lines(places.sentenceLines, places.sentence, fontFor(TextSize::Normal),
               toColour(colours.muted));
}

void TaskButton::send() {
  wxCommandEvent event(wxEVT_BUTTON, GetId());
  event.SetEventObject(this);
  ProcessWindowEvent(event);
}

}  // namespace disktwin::gui
