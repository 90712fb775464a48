// Text that is wrapped to the width that it is given.
#pragma once

#include <wx/stattext.h>

namespace disktwin::gui {

// Lays out anew what is around a window whose least size has changed, up to what scrolls. Not now,
// but from the event loop: sizes change in the middle of a layout.
void layOutAround(wxWindow* window);

class FlowText : public wxStaticText {
 public:
  enum class Style { Normal, Strong, Small, Muted, Heading, Big, Danger, DangerHeading, Warning };

  FlowText(wxWindow* parent, const wxString& text, Style style = Style::Normal);

  void setText(const wxString& text);
  const wxString& text() const { return text_; }
  void setStyle(Style style);

 private:
  void wrapTo(int width);
  void applyStyle();

  wxString text_;
  Style style_;
  int wrappedTo_ = -1;
};

}  // namespace disktwin::gui
