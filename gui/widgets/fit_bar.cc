#include "gui/widgets/fit_bar.h"

#include <wx/control.h>
#include <wx/intl.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "gui/widgets/accessible.h"
#include "gui/widgets/canvas.h"
#include "gui/widgets/size_text.h"
#include "gui/widgets/words.h"

namespace disktwin::gui {

wxDEFINE_EVENT(EVT_FIT_CHANGED, wxCommandEvent);

std::vector<BarPart> fitBarParts(const Fitting& fitting, bool after, std::uint64_t whole) {
  std::vector<BarPart> out;
  std::uint64_t taken = 0;
  for (const FitPart& it : fitting.parts()) {
    BarPart part;
    part.title = fromUtf8(it.title);
    part.filesystem = it.filesystem;
    part.role = roleText(it.role);
    part.number = it.number;
    part.size = after ? it.after : it.before;
    if (it.used > 0) part.used = std::min(it.used, part.size);
    taken += part.size;
    out.push_back(part);
  }
  // What alignment and the table take is of no interest to anybody.
  const std::uint64_t interesting = std::max<std::uint64_t>(16 << 20, whole / 1000);
  if (whole > taken && whole - taken > interesting) {
    out.push_back(unallocatedPart(whole - taken));
    // So that it does not jump when somebody begins to make room.
    out.back().mayBeNarrow = after;
  }
  return out;
}

class BorderHandle : public wxControl {
 public:
  BorderHandle(FitBar* bar, std::size_t part) : bar_(bar), part_(part) {
    Create(bar, wxID_ANY, wxDefaultPosition, wxDefaultSize,
           wxBORDER_NONE | wxFULL_REPAINT_ON_RESIZE | wxWANTS_CHARS);
    SetCursor(wxCursor(wxCURSOR_SIZEWE));
    Bind(wxEVT_PAINT, &BorderHandle::onPaint, this);
    Bind(wxEVT_LEFT_DOWN, &BorderHandle::onDown, this);
    // wxGTK sends this instead of the second press.
    Bind(wxEVT_LEFT_DCLICK, &BorderHandle::onDown, this);
    Bind(wxEVT_MOTION, &BorderHandle::onMotion, this);
    Bind(wxEVT_LEFT_UP, [this](wxMouseEvent&) { stop(); });
    Bind(wxEVT_MOUSE_CAPTURE_LOST, [this](wxMouseCaptureLostEvent&) { stop(); });
    Bind(wxEVT_KEY_DOWN, &BorderHandle::onKey, this);
    repaintWhenUsed(this, isPointed_);
    SetToolTip(_("Drag this border, or move it with the arrow keys."));
    describe();
  }

  std::size_t part() const { return part_; }

  void describe() {
    const FitPart& it = bar_->fitting_.parts()[part_];
    setAccessible(this,
                  wxString::Format(_("Border behind %s, %s"), bar_->nameOf(part_),
                                   fromUtf8(shortSizeText(it.after))),
                  _("Left and right arrow keys move it."), Role::Border);
  }

 private:
  // What it was like when the mouse was pressed: all of the way is counted from there.
  struct Drag {
    Fitting fitting;
    int x = 0;
    double bytesPerPixel = 0;
  };

  void onDown(wxMouseEvent& event) {
    SetFocus();
    drag_ = Drag{bar_->fitting_, GetPosition().x + event.GetX(), bar_->picture_.bytesPerPixel()};
    if (!HasCapture()) CaptureMouse();
  }

  void onMotion(wxMouseEvent& event) {
    if (!drag_ || !event.LeftIsDown()) return event.Skip();
    const double way = (GetPosition().x + event.GetX() - drag_->x) * drag_->bytesPerPixel;
    bar_->fitting_ = drag_->fitting;
    bar_->fitting_.moveBorder(part_, static_cast<std::int64_t>(way));
    bar_->changed();
  }

  void stop() {
    drag_.reset();
    if (HasCapture()) ReleaseMouse();
  }

  void onKey(wxKeyEvent& event) {
    const auto room = static_cast<std::int64_t>(bar_->fitting_.room());
    std::int64_t by = room / 100;
    if (event.ControlDown()) by = room / 10;
    if (event.ShiftDown()) by = static_cast<std::int64_t>(Fitting::kStep);
    by = std::max(by, static_cast<std::int64_t>(Fitting::kStep));
    switch (event.GetKeyCode()) {
      case WXK_LEFT:
        return moveBy(-by);
      case WXK_RIGHT:
        return moveBy(by);
      case WXK_HOME:
        return moveBy(-room);
      case WXK_END:
        return moveBy(room);
      case WXK_ESCAPE:
        if (!drag_) return event.Skip();
        bar_->fitting_ = drag_->fitting;
        stop();
        return bar_->changed();
      default:
        event.Skip();
    }
  }

  void moveBy(std::int64_t by) {
    if (bar_->fitting_.moveBorder(part_, by) == 0) return wxBell();
    bar_->changed();
    announce(this, fromUtf8(shortSizeText(bar_->fitting_.parts()[part_].after)));
  }

  void onPaint(wxPaintEvent&) {
    Canvas canvas(this);
    const Palette& colours = palette();
    // It is a window of its own on top of the bar, which has to be seen beside the grip.
    canvas.context().PushState();
    canvas.context().Translate(-GetPosition().x, -GetPosition().y);
    bar_->picture_.draw(canvas, false);
    canvas.context().PopState();

    wxRect grip = GetClientRect();
    if (HasFocus()) {
      canvas.box(grip, FromDIP(5), toColour(colours.surface));
      canvas.focusRing(grip, FromDIP(5));
    }
    grip.Deflate(FromDIP(4), FromDIP(4));
    const bool strong = isPointed_ || drag_ || HasFocus();
    canvas.box(grip, FromDIP(3), toColour(strong ? colours.accent : colours.surface),
               toColour(strong ? colours.accent : colours.borderStrong), FromDIP(1));
    const wxColour mark = toColour(strong ? colours.onAccent : colours.borderStrong);
    const int height = grip.height / 3;
    canvas.fill({grip.x + grip.width / 2 - FromDIP(1), grip.y + (grip.height - height) / 2,
                 FromDIP(2), height},
                mark);
  }

  FitBar* bar_;
  std::size_t part_;
  std::optional<Drag> drag_;
  bool isPointed_ = false;
};

namespace {
int handleWidth(const wxWindow* window) {
  return window->FromDIP(17);
}
int handleReach(const wxWindow* window) {
  return window->FromDIP(5);
}
}  // namespace

FitBar::FitBar(wxWindow* parent, Fitting& fitting) : fitting_(fitting) {
  Create(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize,
         wxTAB_TRAVERSAL | wxBORDER_NONE | wxFULL_REPAINT_ON_RESIZE);
  Bind(wxEVT_PAINT, [this](wxPaintEvent&) {
    Canvas canvas(this);
    picture_.draw(canvas, false);
  });
  Bind(wxEVT_MOTION, [this](wxMouseEvent& event) {
    event.Skip();
    showPartTip(this, picture_, event.GetPosition());
  });
  Bind(wxEVT_SIZE, [this](wxSizeEvent& event) {
    event.Skip();
    arrange();
  });
  update();
}

void FitBar::update() {
  std::vector<std::size_t> movable;
  for (std::size_t i = 0; i < fitting_.parts().size(); ++i) {
    if (canMove(i)) movable.push_back(i);
  }
  const bool same =
      std::equal(movable.begin(), movable.end(), handles_.begin(), handles_.end(),
                 [](std::size_t part, const BorderHandle* it) { return it->part() == part; });
  if (!same) {
    for (BorderHandle* handle : handles_) handle->Destroy();
    handles_.clear();
    for (const std::size_t part : movable) handles_.push_back(new BorderHandle(this, part));
  }
  arrange();
}

// Not asked of the sizes of this moment, or a border would vanish at its end.
bool FitBar::canMove(std::size_t part) const {
  const FitPart& it = fitting_.parts()[part];
  return it.canGrow || it.smallest < it.before;
}

wxString FitBar::nameOf(std::size_t part) const {
  return fromUtf8(fitting_.parts()[part].title);
}

void FitBar::arrange() {
  picture_.set(fitBarParts(fitting_, true, fitting_.room()));
  wxRect rect = GetClientRect();
  rect.Deflate(0, handleReach(this));
  picture_.layOut(this, rect);
  const int width = handleWidth(this);
  for (BorderHandle* handle : handles_) {
    const wxRect part = picture_.rectOf(handle->part());
    // Centred on the gap behind it, but inside of the window at its end.
    const int left = part.GetRight() + 1 + FromDIP(1) - width / 2;
    handle->SetSize(std::min(left, rect.GetRight() + 1 - width), 0, width, GetClientSize().y);
    handle->describe();
    handle->Refresh();
  }
  setAccessible(this, _("Partitions afterwards"), picture_.spoken(), Role::Panel);
  Refresh();
}

void FitBar::changed() {
  update();
  wxCommandEvent event(EVT_FIT_CHANGED, GetId());
  event.SetEventObject(this);
  ProcessWindowEvent(event);
}

wxSize FitBar::DoGetBestClientSize() const {
  return {textUnits(this, 80), BarPicture::height(this) + 2 * handleReach(this)};
}

}  // namespace disktwin::gui
