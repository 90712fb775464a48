#include "gui/widgets/disk_card.h"

#include <wx/intl.h>

#include <algorithm>

#include "gui/widgets/accessible.h"
#include "gui/widgets/canvas.h"
#include "gui/widgets/size_text.h"
#include "gui/widgets/words.h"

namespace disktwin::gui {

wxDEFINE_EVENT(EVT_CARD_PRESSED, wxCommandEvent);
wxDEFINE_EVENT(EVT_CARD_ACTIVATED, wxCommandEvent);

namespace {

wxString factsOf(const Disk& disk) {
  wxString out = kindText(disk);
  const auto add = [&out](const wxString& fact) {
    if (!fact.empty()) out += wxString::FromUTF8("  \u00B7  ") + fact;
  };
  add(busText(disk.bus));
  if (!disk.serial.empty()) add(wxString::Format(_("serial %s"), fromUtf8(disk.serial)));
  if (disk.title() != disk.path) add(fromUtf8(disk.path));
  if (disk.readOnly) add(_("write protected"));
  for (const System& system : disk.systems) add(fromUtf8(system.name));
  return out;
}

}  // namespace

DiskCard::DiskCard(wxWindow* parent) {
  Create(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize,
         wxBORDER_NONE | wxFULL_REPAINT_ON_RESIZE | wxWANTS_CHARS);
  Bind(wxEVT_PAINT, &DiskCard::onPaint, this);
  Bind(wxEVT_MOTION, &DiskCard::onMotion, this);
  Bind(wxEVT_KEY_DOWN, &DiskCard::onKey, this);
  Bind(wxEVT_LEFT_DOWN, [this](wxMouseEvent&) { send(EVT_CARD_PRESSED); });
  Bind(wxEVT_LEFT_DCLICK, [this](wxMouseEvent&) { send(EVT_CARD_ACTIVATED); });
  repaintWhenUsed(this, isPointed_);
  setAccessible(this, "", "", Role::RadioButton);
  setAccessibleAction(this, "click", [this] { send(EVT_CARD_PRESSED); });
}

void DiskCard::setDisk(const Disk& disk, const wxString& reason) {
  disk_ = disk;
  reason_ = reason;
  facts_ = factsOf(disk);
  bar_.set(barParts(disk), wordInstead(disk));
  SetCursor(canBeChosen() ? wxCursor(wxCURSOR_HAND) : wxNullCursor);
  describe();
  InvalidateBestSize();
  Refresh();
}

void DiskCard::describe() {
  wxString description;
  if (!reason_.empty()) description = wxString::Format(_("Cannot be chosen: %s"), reason_) + ". ";
  description += facts_ + ". ";
  setAccessible(this, fromUtf8(disk_.title()) + ", " + fromUtf8(sizeText(disk_.size)),
                description + bar_.spoken(), Role::RadioButton);
  setAccessibleEnabled(this, canBeChosen());
}

void DiskCard::setChosen(bool chosen) {
  if (isChosen_ == chosen) return;
  isChosen_ = chosen;
  setAccessibleChecked(this, chosen);
  Refresh();
}

void DiskCard::setTabStop(bool isTabStop) {
  if (isTabStop_ == isTabStop) return;
  isTabStop_ = isTabStop;
  SetCanFocus(isTabStop);
}

int DiskCard::heightFor(int width) const {
  return placesFor(width).height;
}

wxSize DiskCard::DoGetBestClientSize() const {
  const int width = textUnits(this, 100);
  return {width, heightFor(width)};
}

// The size stands beside the name where both have room. Returns where the next line begins.
int DiskCard::placeTitle(Places& out, const wxRect& rest) const {
  const wxFont font = fontFor(TextSize::Heading, true);
  const int height = lineHeight(this, font);
  const int apart = FromDIP(14);
  const int size = textWidth(this, font, fromUtf8(sizeText(disk_.size)));
  out.title = {rest.x, rest.y, rest.width, height};
  out.size = {rest.x, rest.y + height, rest.width, height};
  if (textWidth(this, font, fromUtf8(disk_.title())) + 2 * apart + size <= rest.width) {
    out.title.width = rest.width - size - apart;
    out.size = {rest.x + rest.width - size, rest.y, size, height};
  }
  return out.size.GetBottom() + 1;
}

DiskCard::Places DiskCard::placesFor(int width) const {
  const int margin = focusMargin(this);
  const int inside = FromDIP(14);
  const int gap = FromDIP(10);
  const int mark = lineHeight(this, fontFor(TextSize::Heading, true));
  const wxFont normal = fontFor(TextSize::Normal);
  const int line = lineHeight(this, normal);
  const auto below = [line](const wxRect& rest, int y, const std::vector<wxString>& lines) {
    return wxRect(rest.x, y, rest.width, line * static_cast<int>(lines.size()));
  };

  Places out;
  out.mark = {margin + inside, margin + inside, mark, mark};
  wxRect rest(out.mark.GetRight() + 1 + FromDIP(12), margin + inside, 0, 0);
  rest.width = std::max(1, width - margin - inside - rest.x);
  int y = placeTitle(out, rest) + FromDIP(2);
  out.factLines = wrapText(this, normal, facts_, rest.width);
  out.facts = below(rest, y, out.factLines);
  y += out.facts.height + gap;
  if (!reason_.empty()) {
    // Above all that may need more room than there is.
    const int padding = FromDIP(8);
    out.reasonLines = wrapText(this, normal, reason_, rest.width - 3 * padding - line);
    out.reason = below(rest, y, out.reasonLines);
    out.reason.height += 2 * padding;
    y += out.reason.height + gap;
  }
  out.bar = {rest.x, y, rest.width, BarPicture::height(this)};
  y += out.bar.height;
  BarPicture bar = bar_;
  bar.layOut(this, out.bar);
  if (const wxString untold = bar.untold(this); !untold.empty()) {
    out.untoldLines = wrapText(this, normal, untold, rest.width);
    out.untold = below(rest, y + FromDIP(4), out.untoldLines);
    y = out.untold.GetBottom() + 1;
  }
  out.height = y + inside + margin;
  out.box = {margin, margin, width - 2 * margin, out.height - 2 * margin};
  return out;
}

void DiskCard::onPaint(wxPaintEvent&) {
  Canvas canvas(this);
  const Palette& colours = palette();
  const Places places = placesFor(GetClientSize().x);
  const bool usable = canBeChosen();
  const int radius = FromDIP(8);

  Rgb surface = usable ? colours.surface : colours.surfaceDisabled;
  if (usable && isPointed_) surface = colours.surfaceHover;
  if (isChosen_) surface = colours.surfaceSelected;
  const Rgb border = isChosen_              ? colours.accent
                     : usable && isPointed_ ? colours.borderStrong
                                            : colours.border;
  canvas.box(places.box, radius, toColour(surface), toColour(border),
             isChosen_ ? FromDIP(3) : FromDIP(1));
  if (HasFocus()) {
    wxRect ring = places.box;
    canvas.focusRing(ring.Deflate(FromDIP(5)), FromDIP(4));
  }

  const wxColour text = toColour(usable ? colours.text : colours.muted);
  const wxFont title = fontFor(TextSize::Heading, true);
  drawMark(canvas, places.mark);
  canvas.text(titleIn(places), places.title, title, text);
  const bool below = places.size.y != places.title.y;
  canvas.text(fromUtf8(sizeText(disk_.size)), places.size, fontFor(TextSize::Heading), text,
              below ? Align::Left : Align::Right);
  canvas.lines(places.factLines, places.facts, fontFor(TextSize::Normal), toColour(colours.muted));
  bar_.layOut(this, places.bar);
  bar_.draw(canvas, !usable);
  canvas.lines(places.untoldLines, places.untold, fontFor(TextSize::Normal),
               toColour(colours.muted));
  if (usable) return;

  const int padding = FromDIP(8);
  const int line = lineHeight(this, fontFor(TextSize::Normal));
  canvas.box(places.reason, FromDIP(4), toColour(colours.warningFill));
  wxRect inner = places.reason;
  inner.Deflate(padding);
  const wxRect sign(inner.x, inner.y, line, line);
  canvas.context().SetPen(*wxTRANSPARENT_PEN);
  canvas.context().SetBrush(wxBrush(toColour(colours.warning)));
  canvas.context().DrawEllipse(sign.x, sign.y, sign.width, sign.height);
  canvas.text("!", sign, fontFor(TextSize::Normal, true), toColour(colours.warningFill),
              Align::Centre);
  inner.x += line + FromDIP(8);
  inner.width -= line + FromDIP(8);
  canvas.lines(places.reasonLines, inner, fontFor(TextSize::Normal), toColour(colours.text));
}

void DiskCard::drawMark(Canvas& canvas, const wxRect& rect) const {
  const Palette& colours = palette();
  wxGraphicsContext& context = canvas.context();
  const double inset = rect.width * 0.08;
  const double size = rect.width - 2 * inset;
  const wxColour line = toColour(isChosen_       ? colours.accent
                                 : canBeChosen() ? colours.borderStrong
                                                 : colours.border);
  const Rgb inside = isChosen_       ? colours.accent
                     : canBeChosen() ? colours.surface
                                     : colours.surfaceDisabled;
  context.SetPen(wxPen(line, FromDIP(2)));
  context.SetBrush(wxBrush(toColour(inside)));
  context.DrawEllipse(rect.x + inset, rect.y + inset, size, size);
  if (!isChosen_) return;
  wxGraphicsPath tick = context.CreatePath();
  tick.MoveToPoint(rect.x + 0.28 * rect.width, rect.y + 0.52 * rect.height);
  tick.AddLineToPoint(rect.x + 0.44 * rect.width, rect.y + 0.67 * rect.height);
  tick.AddLineToPoint(rect.x + 0.73 * rect.width, rect.y + 0.35 * rect.height);
  context.SetPen(wxPen(toColour(colours.onAccent), std::max(FromDIP(2), rect.width / 9)));
  context.StrokePath(tick);
}

// Without a model it is called by its path.
wxString DiskCard::titleIn(const Places& places) const {
  const wxString title = fromUtf8(disk_.title());
  if (disk_.title() != disk_.path) return title;
  return cutPath(this, fontFor(TextSize::Heading, true), title, places.title.width);
}

void DiskCard::onMotion(wxMouseEvent& event) {
  event.Skip();
  const std::size_t at = bar_.partAt(event.GetPosition());
  wxString tip;
  if (at < bar_.parts().size()) {
    tip = bar_.parts()[at].spoken();
  } else if (const Places places = placesFor(GetClientSize().x);
             places.title.Contains(event.GetPosition()) &&
             titleIn(places) != fromUtf8(disk_.title())) {
    tip = fromUtf8(disk_.title());
  }
  if (tip == GetToolTipText()) return;
  if (tip.empty()) {
    UnsetToolTip();
  } else {
    SetToolTip(tip);
  }
}

void DiskCard::onKey(wxKeyEvent& event) {
  switch (event.GetKeyCode()) {
    case WXK_SPACE:
      return send(EVT_CARD_PRESSED);
    case WXK_RETURN:
    case WXK_NUMPAD_ENTER:
      return send(EVT_CARD_ACTIVATED);
    default:
      event.Skip();
  }
}

void DiskCard::send(wxEventType type) {
  wxCommandEvent event(type, GetId());
  event.SetEventObject(this);
  ProcessWindowEvent(event);
}

}  // namespace disktwin::gui
