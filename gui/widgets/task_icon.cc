#include "gui/widgets/task_icon.h"

#include <wx/brush.h>

#include <array>

namespace disktwin::gui {
namespace {

// Draws on a field of 48 by 48.
class Sketch {
 public:
  Sketch(wxGraphicsContext& context, const wxRect2DDouble& rect, const wxColour& strong,
         const wxColour& quiet)
      : context_(context), rect_(rect), strong_(strong), quiet_(quiet) {
    context_.SetBrush(*wxTRANSPARENT_BRUSH);
  }

  // A disk as a box with a slot and a light.
  void disk(double x, double y, const wxColour& colour) {
    pen(colour, 2.5);
    box(x, y, 17, 24, 3);
    line({{{x + 5, y + 18}, {x + 9, y + 18}}});
    dot(x + 12.5, y + 18, 1.4, colour);
  }

  // A sheet with a folded corner.
  void file(double x, double y, const wxColour& colour) {
    pen(colour, 2.5);
    line({{{x, y}, {x + 11, y}}});
    line({{{x + 11, y}, {x + 17, y + 6}}});
    line({{{x + 17, y + 6}, {x + 17, y + 24}}});
    line({{{x + 17, y + 24}, {x, y + 24}}});
    line({{{x, y + 24}, {x, y}}});
    line({{{x + 11, y}, {x + 11, y + 6}}});
    line({{{x + 11, y + 6}, {x + 17, y + 6}}});
  }

  // A window of a desktop.
  void system(double x, double y, const wxColour& colour) {
    pen(colour, 2.5);
    box(x, y, 19, 16, 2);
    line({{{x, y + 5}, {x + 19, y + 5}}});
    line({{{x + 9.5, y + 16}, {x + 9.5, y + 20}}});
    line({{{x + 4, y + 20.5}, {x + 15, y + 20.5}}});
  }

  void arrow(double from, double to, double y) {
    pen(strong_, 3);
    line({{{from, y}, {to, y}}});
    line({{{to - 4.5, y - 4.5}, {to, y}}});
    line({{{to - 4.5, y + 4.5}, {to, y}}});
  }

  void magnifier() {
    pen(quiet_, 2.5);
    box(4, 9, 22, 30, 3);
    line({{{9, 33}, {15, 33}}});
    pen(strong_, 3);
    context_.SetBrush(*wxTRANSPARENT_BRUSH);
    context_.DrawEllipse(atX(19), atY(12), scaled(17), scaled(17));
    line({{{33.5, 26.5}, {42, 36}}});
  }

  const wxColour& strong() const { return strong_; }
  const wxColour& quiet() const { return quiet_; }

 private:
  using Line = std::array<std::array<double, 2>, 2>;

  double scaled(double value) const { return value * rect_.m_width / 48; }
  double atX(double x) const { return rect_.m_x + scaled(x); }
  double atY(double y) const { return rect_.m_y + scaled(y); }

  void pen(const wxColour& colour, double width) {
    context_.SetPen(context_.CreatePen(
        wxGraphicsPenInfo(colour).Width(scaled(width)).Cap(wxCAP_ROUND).Join(wxJOIN_ROUND)));
  }
  void box(double x, double y, double width, double height, double radius) {
    context_.SetBrush(*wxTRANSPARENT_BRUSH);
    context_.DrawRoundedRectangle(atX(x), atY(y), scaled(width), scaled(height), scaled(radius));
  }
  void line(const Line& ends) {
    context_.StrokeLine(atX(ends[0][0]), atY(ends[0][1]), atX(ends[1][0]), atY(ends[1][1]));
  }
  void dot(double x, double y, double radius, const wxColour& colour) {
    context_.SetBrush(wxBrush(colour));
    context_.SetPen(*wxTRANSPARENT_PEN);
    context_.DrawEllipse(atX(x - radius), atY(y - radius), scaled(2 * radius), scaled(2 * radius));
  }

  wxGraphicsContext& context_;
  wxRect2DDouble rect_;
  wxColour strong_;
  wxColour quiet_;
};

}  // namespace

void drawTaskIcon(wxGraphicsContext& context, TaskIcon icon, const wxRect2DDouble& rect,
                  const wxColour& strong, const wxColour& quiet) {
  Sketch sketch(context, rect, strong, quiet);
  constexpr double kFirst = 2;
  constexpr double kSecond = 29;
  constexpr double kTop = 3;
  constexpr double kArrow = 38;
  switch (icon) {
    case TaskIcon::DiskToDisk:
      sketch.disk(kFirst, kTop, quiet);
      sketch.disk(kSecond, kTop, strong);
      break;
    case TaskIcon::SystemToDisk:
      sketch.system(kFirst, kTop + 2, quiet);
      sketch.disk(kSecond, kTop, strong);
      break;
    case TaskIcon::DiskToFile:
      sketch.disk(kFirst, kTop, quiet);
      sketch.file(kSecond, kTop, strong);
      break;
    case TaskIcon::FileToDisk:
      sketch.file(kFirst, kTop, quiet);
      sketch.disk(kSecond, kTop, strong);
      break;
    case TaskIcon::Look:
      return sketch.magnifier();
  }
  sketch.arrow(13, 36, kArrow);
}

}  // namespace disktwin::gui
