#include "gui/widgets/rate_graph.h"

#include <wx/intl.h>

#include <algorithm>
#include <cmath>

#include "gui/widgets/accessible.h"
#include "gui/widgets/canvas.h"
#include "gui/widgets/size_text.h"
#include "gui/widgets/words.h"

namespace disktwin::gui {
namespace {

// So much time is shown from the beginning, so that the first points do not fill all of it.
constexpr double kLeastSeconds = 60;
constexpr double kDescribeSeconds = 10;
constexpr std::size_t kMostSteps = 3;

// Draws the points of a history into a rectangle.
class Curve {
 public:
  Curve(Canvas& canvas, const RateHistory& history, const wxRect& plot, double top)
      : canvas_(canvas), history_(history), plot_(plot), top_(top) {
    const double end = history.points().empty() ? 0 : history.points().back().seconds;
    end_ = std::max(kLeastSeconds, end);
  }

  double end() const { return end_; }

  void draw() {
    const auto& points = history_.points();
    for (std::size_t first = 0; first < points.size();) {
      std::size_t past = first + 1;
      while (past < points.size() && !points[past].afterGap) ++past;
      drawPiece(first, past);
      first = past;
    }
  }

 private:
  double x(double seconds) const { return plot_.x + plot_.width * seconds / end_; }
  double y(double rate) const { return plot_.y + plot_.height * (1 - rate / top_); }

  void drawPiece(std::size_t first, std::size_t past) {
    wxGraphicsContext& context = canvas_.context();
    const auto& points = history_.points();
    wxGraphicsPath line = context.CreatePath();
    line.MoveToPoint(x(points[first].seconds), y(points[first].rate));
    for (std::size_t i = first + 1; i < past; ++i) {
      line.AddLineToPoint(x(points[i].seconds), y(points[i].rate));
    }
    wxGraphicsPath area = context.CreatePath();
    area.AddPath(line);
    area.AddLineToPoint(x(points[past - 1].seconds), y(0));
    area.AddLineToPoint(x(points[first].seconds), y(0));
    area.CloseSubpath();

    const wxColour accent = toColour(palette().accent);
    context.SetPen(*wxTRANSPARENT_PEN);
    context.SetBrush(wxBrush(wxColour(accent.Red(), accent.Green(), accent.Blue(), 46)));
    context.FillPath(area);
    context.SetPen(wxPen(accent, canvas_.window()->FromDIP(2)));
    context.StrokePath(line);
  }

  Canvas& canvas_;
  const RateHistory& history_;
  wxRect plot_;
  double top_;
  double end_ = 0;
};

}  // namespace

RateGraph::RateGraph(wxWindow* parent) {
  Create(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize,
         wxBORDER_NONE | wxFULL_REPAINT_ON_RESIZE);
  Bind(wxEVT_PAINT, &RateGraph::onPaint, this);
  setAccessible(this, _("Speed"), "", Role::Image);
}

void RateGraph::add(double seconds, double bytesPerSecond) {
  history_.add(seconds, bytesPerSecond);
  Refresh();
  // Not each time: a screen reader would have no rest.
  if (describedAt_ >= 0 && seconds < describedAt_ + kDescribeSeconds) return;
  describedAt_ = seconds;
  setAccessible(this, _("Speed"),
                wxString::Format(_("Now %s, at most %s."), fromUtf8(rateText(bytesPerSecond)),
                                 fromUtf8(rateText(history_.highest()))),
                Role::Image);
}

void RateGraph::pause() {
  history_.gap();
}

void RateGraph::clear() {
  history_.clear();
  describedAt_ = -1;
  Refresh();
}

wxSize RateGraph::DoGetBestClientSize() const {
  return {textUnits(this, 80), textUnits(this, 32)};
}

void RateGraph::onPaint(wxPaintEvent&) {
  Canvas canvas(this);
  const Palette& colours = palette();
  const wxFont font = fontFor(TextSize::Small);
  const int line = lineHeight(this, font);
  const std::vector<double> values = axisValues(history_.highest() * 1.05, kMostSteps);

  int labels = 0;
  for (const double value : values) {
    labels = std::max(labels, textWidth(this, font, fromUtf8(rateText(value))));
  }
  wxRect plot = GetClientRect();
  plot.y += line / 2;
  plot.height -= line / 2 + line + FromDIP(4);
  plot.x += labels + FromDIP(8);
  plot.width -= labels + FromDIP(8);
  if (plot.width <= 0 || plot.height <= 0) return;

  for (const double value : values) {
    const int y = plot.y + static_cast<int>(std::lround(plot.height * (1 - value / values.back())));
    canvas.fill({plot.x, y, plot.width, 1}, toColour(colours.border));
    // The zero needs no unit, and its unit would be another one.
    const wxString label = value > 0 ? fromUtf8(rateText(value)) : wxString("0");
    canvas.text(label, {0, y - line / 2, labels, line}, font, toColour(colours.muted),
                Align::Right);
  }
  Curve curve(canvas, history_, plot, values.back());
  curve.draw();
  const wxRect below(plot.x, plot.GetBottom() + 1 + FromDIP(4), plot.width, line);
  canvas.text("0:00", below, font, toColour(colours.muted));
  canvas.text(fromUtf8(clockText(static_cast<std::uint64_t>(curve.end()))), below, font,
              toColour(colours.muted), Align::Right);
}

}  // namespace disktwin::gui
