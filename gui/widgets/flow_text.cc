#include "gui/widgets/flow_text.h"

#include <wx/scrolwin.h>

#include <vector>

#include "gui/widgets/accessible.h"
#include "gui/widgets/canvas.h"
#include "gui/widgets/theme.h"

namespace disktwin::gui {
namespace {

TextSize sizeOf(FlowText::Style style) {
  switch (style) {
    case FlowText::Style::Small:
      return TextSize::Small;
    case FlowText::Style::Heading:
    case FlowText::Style::DangerHeading:
      return TextSize::Heading;
    case FlowText::Style::Big:
      return TextSize::Big;
    default:
      return TextSize::Normal;
  }
}

Rgb colourOf(FlowText::Style style) {
  switch (style) {
    case FlowText::Style::Small:
    case FlowText::Style::Muted:
      return palette().muted;
    case FlowText::Style::Danger:
    case FlowText::Style::DangerHeading:
      return palette().danger;
    case FlowText::Style::Warning:
      return palette().warning;
    default:
      return palette().text;
  }
}

}  // namespace

void layOutAround(wxWindow* window) {
  window->InvalidateBestSize();
  window->CallAfter([window] {
    std::vector<wxWindow*> around;
    for (wxWindow* it = window->GetParent(); it; it = it->GetParent()) {
      around.push_back(it);
      if (it->IsTopLevel() || dynamic_cast<wxScrolledWindow*>(it)) break;
    }
    if (around.empty()) return;
    if (auto* scrolled = dynamic_cast<wxScrolledWindow*>(around.back())) scrolled->FitInside();
    for (auto it = around.rbegin(); it != around.rend(); ++it) (*it)->Layout();
  });
}

FlowText::FlowText(wxWindow* parent, const wxString& text, Style style)
    : wxStaticText(parent, wxID_ANY, "", wxDefaultPosition, wxDefaultSize, wxST_NO_AUTORESIZE),
      style_(style) {
  applyStyle();
  setText(text);
  Bind(wxEVT_SIZE, [this](wxSizeEvent& event) {
    event.Skip();
    wrapTo(event.GetSize().x);
  });
  // The desktop has become light or dark.
  Bind(wxEVT_SYS_COLOUR_CHANGED, [this](wxSysColourChangedEvent& event) {
    applyStyle();
    event.Skip();
  });
}

void FlowText::setText(const wxString& text) {
  if (text == text_ && wrappedTo_ >= 0) return;
  text_ = text;
  // Line breaks that are there for the looks are not read out.
  setAccessibleName(this, text);
  const int width = wrappedTo_;
  wrappedTo_ = -1;
  wrapTo(width > 0 ? width : textUnits(this, 120));
}

void FlowText::setStyle(Style style) {
  if (style == style_) return;
  style_ = style;
  applyStyle();
  const int width = wrappedTo_;
  wrappedTo_ = -1;
  wrapTo(width);
}

void FlowText::wrapTo(int width) {
  if (width == wrappedTo_ || width <= 0) return;
  wrappedTo_ = width;
  const wxFont font = GetFont();
  wxString label;
  int count = 0;
  for (const wxString& line : wrapText(this, font, text_, width)) {
    label += (count++ ? "\n" : "") + line;
  }
  SetLabelText(label);
  const wxSize least(textUnits(this, 20), count * lineHeight(this, font));
  if (least == GetMinSize()) return;
  SetMinSize(least);
  layOutAround(this);
}

void FlowText::applyStyle() {
  const bool bold = style_ == Style::Strong || style_ == Style::Heading || style_ == Style::Big ||
                    style_ == Style::DangerHeading;
  SetFont(fontFor(sizeOf(style_), bold));
  SetForegroundColour(toColour(colourOf(style_)));
}

}  // namespace disktwin::gui
