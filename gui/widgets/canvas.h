// What the widgets are painted with: boxes with round corners, and text that is cut or wrapped to
// fit. Lives during one paint event.
#pragma once

#include <wx/dcclient.h>
#include <wx/graphics.h>

#include <memory>
#include <vector>

#include "gui/widgets/theme.h"

namespace disktwin::gui {

// Lines that are not wider than `width` pixels in that window; a word that is, is broken.
std::vector<wxString> wrapText(const wxWindow* window, const wxFont& font, const wxString& text,
                               int width);
// The text, or its beginning with an ellipsis.
wxString cutText(const wxWindow* window, const wxFont& font, const wxString& text, int width);
// The path, or as much of it as fits without its middle: what it is called stands at its end.
wxString cutPath(const wxWindow* window, const wxFont& font, const wxString& path, int width);

enum class Align { Left, Centre, Right };

class Canvas {
 public:
  // What is not painted on shows what is behind the window.
  explicit Canvas(wxWindow* window);

  wxGraphicsContext& context() { return *context_; }
  const wxWindow* window() const { return window_; }

  void fill(const wxRect& rect, const wxColour& colour);
  // The border lies inside of the rectangle; none when `line` is not a colour.
  void box(const wxRect& rect, int radius, const wxColour& colour,
           const wxColour& line = wxNullColour, int lineWidth = 1);
  // The same, of which only the left or upper part of `shown` is painted.
  void boxWithin(const wxRect2DDouble& shown, const wxRect& rect, int radius,
                 const wxColour& colour);
  void outline(const wxRect& rect, int radius, const wxColour& line, int lineWidth);
  // One line, in the middle of the height of `rect`, cut where it ends. Returns the width it took.
  int text(const wxString& text, const wxRect& rect, const wxFont& font, const wxColour& colour,
           Align align = Align::Left);
  // Below each other from the top of `rect`; what does not fit in height is painted none the less.
  void lines(const std::vector<wxString>& lines, const wxRect& rect, const wxFont& font,
             const wxColour& colour, Align align = Align::Left);
  // Around what has the focus: lies in the outermost pixels of `rect`. In dashes, since a line
  // without gaps says that something is chosen.
  void focusRing(const wxRect& rect, int radius);

 private:
  void outline(const wxRect& rect, int radius, const wxPen& pen);
  void draw(const wxString& text, double x, double y, const wxFont& font, const wxColour& colour);

  wxWindow* window_;
  wxPaintDC dc_;
  std::unique_ptr<wxGraphicsContext> context_;
};

// How wide the ring is, with the gap to what it surrounds.
int focusMargin(const wxWindow* window);

// Paints the window anew when the pointer comes or goes, which it notes in `isPointed` (a member of
// the window), and when the focus does.
void repaintWhenUsed(wxWindow* window, bool& isPointed);

}  // namespace disktwin::gui
