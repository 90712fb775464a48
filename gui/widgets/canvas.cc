#include "gui/widgets/canvas.h"

#include <algorithm>

namespace disktwin::gui {
namespace {

const wxString& ellipsis() {
  static const wxString out = wxString::FromUTF8("\u2026");
  return out;
}

// How many characters can be kept, `most` at most, by halving: widths are asked of the window, as
// in the layout. `shorten` makes the text that keeps so many.
template <typename Shorten>
std::size_t fitting(const wxWindow* window, const wxFont& font, std::size_t most, int width,
                    Shorten shorten) {
  std::size_t low = 0;
  std::size_t high = most;
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    if (textWidth(window, font, shorten(middle)) <= width) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

}  // namespace

std::vector<wxString> wrapText(const wxWindow* window, const wxFont& font, const wxString& text,
                               int width) {
  std::vector<wxString> out;
  wxString line;
  wxString rest = text;
  while (!rest.empty()) {
    const std::size_t end = rest.find_first_of(" \n");
    const bool breaks = end != wxString::npos && rest[end] == '\n';
    wxString word = rest.Left(std::min(end, rest.length()));
    rest = end == wxString::npos ? wxString() : rest.Mid(end + 1);
    const wxString longer = line.empty() ? word : line + ' ' + word;
    if (textWidth(window, font, longer) <= width) {
      line = longer;
    } else {
      if (!line.empty()) out.push_back(line);
      while (word.length() > 1 && textWidth(window, font, word) > width) {
        const std::size_t part = std::max<std::size_t>(
            1, fitting(window, font, word.length(), width,
                       [&word](std::size_t kept) { return word.Left(kept); }));
        out.push_back(word.Left(part));
        word = word.Mid(part);
      }
      line = word;
    }
    if (breaks) {
      out.push_back(line);
      line.clear();
    }
  }
  if (!line.empty() || out.empty()) out.push_back(line);
  return out;
}

wxString cutText(const wxWindow* window, const wxFont& font, const wxString& text, int width) {
  if (textWidth(window, font, text) <= width) return text;
  const std::size_t kept =
      fitting(window, font, text.length(), width,
              [&text](std::size_t letters) { return text.Left(letters) + ellipsis(); });
  return kept == 0 ? wxString() : text.Left(kept).Trim() + ellipsis();
}

wxString cutPath(const wxWindow* window, const wxFont& font, const wxString& path, int width) {
  if (textWidth(window, font, path) <= width) return path;
  const std::size_t name = path.AfterLast('/').length() + 1;
  const auto shorten = [&](std::size_t kept) {
    const std::size_t end = std::min(kept, std::max(kept / 2, name));
    return path.Left(kept - end) + ellipsis() + path.Right(end);
  };
  const std::size_t kept = fitting(window, font, path.length(), width, shorten);
  return kept == 0 ? wxString() : shorten(kept);
}

int focusMargin(const wxWindow* window) {
  return window->FromDIP(4);
}

Canvas::Canvas(wxWindow* window)
    : window_(window), dc_(window), context_(wxGraphicsContext::Create(dc_)) {}

void Canvas::fill(const wxRect& rect, const wxColour& colour) {
  context_->SetPen(*wxTRANSPARENT_PEN);
  context_->SetBrush(wxBrush(colour));
  context_->DrawRectangle(rect.x, rect.y, rect.width, rect.height);
}

void Canvas::box(const wxRect& rect, int radius, const wxColour& colour, const wxColour& line,
                 int lineWidth) {
  context_->SetPen(*wxTRANSPARENT_PEN);
  context_->SetBrush(wxBrush(colour));
  context_->DrawRoundedRectangle(rect.x, rect.y, rect.width, rect.height, radius);
  if (line.IsOk()) outline(rect, radius, line, lineWidth);
}

void Canvas::boxWithin(const wxRect2DDouble& shown, const wxRect& rect, int radius,
                       const wxColour& colour) {
  // Not ResetClip(), which would also let go of what GTK allows us to paint on.
  context_->PushState();
  context_->Clip(shown.m_x, shown.m_y, shown.m_width, shown.m_height);
  box(rect, radius, colour);
  context_->PopState();
}

void Canvas::outline(const wxRect& rect, int radius, const wxColour& line, int lineWidth) {
  outline(rect, radius, wxPen(line, lineWidth));
}

void Canvas::outline(const wxRect& rect, int radius, const wxPen& pen) {
  context_->SetPen(pen);
  context_->SetBrush(*wxTRANSPARENT_BRUSH);
  const int lineWidth = pen.GetWidth();
  const double inset = lineWidth / 2.0;
  context_->DrawRoundedRectangle(rect.x + inset, rect.y + inset, rect.width - lineWidth,
                                 rect.height - lineWidth, std::max(0.0, radius - inset));
}

int Canvas::text(const wxString& text, const wxRect& rect, const wxFont& font,
                 const wxColour& colour, Align align) {
  const wxString shown = cutText(window_, font, text, rect.width);
  if (shown.empty()) return 0;
  const int width = textWidth(window_, font, shown);
  double x = rect.x;
  if (align == Align::Centre) x += (rect.width - width) / 2.0;
  if (align == Align::Right) x += rect.width - width;
  draw(shown, x, rect.y + (rect.height - lineHeight(window_, font)) / 2.0, font, colour);
  return width;
}

void Canvas::lines(const std::vector<wxString>& lines, const wxRect& rect, const wxFont& font,
                   const wxColour& colour, Align align) {
  const int height = lineHeight(window_, font);
  wxRect line(rect.x, rect.y, rect.width, height);
  for (const wxString& it : lines) {
    text(it, line, font, colour, align);
    line.y += height;
  }
}

void Canvas::focusRing(const wxRect& rect, int radius) {
  wxPen pen(toColour(palette().text), window_->FromDIP(2), wxPENSTYLE_USER_DASH);
  constexpr wxDash kDashes[] = {2, 2};  // in widths of the line
  pen.SetDashes(static_cast<int>(std::size(kDashes)), kDashes);
  outline(rect, radius, pen);
}

void Canvas::draw(const wxString& text, double x, double y, const wxFont& font,
                  const wxColour& colour) {
  context_->SetFont(font, colour);
  context_->DrawText(text, x, y);
}

void repaintWhenUsed(wxWindow* window, bool& isPointed) {
  const auto hover = [window, &isPointed](bool pointed) {
    return [window, &isPointed, pointed](wxMouseEvent& event) {
      isPointed = pointed;
      window->Refresh();
      event.Skip();
    };
  };
  window->Bind(wxEVT_ENTER_WINDOW, hover(true));
  window->Bind(wxEVT_LEAVE_WINDOW, hover(false));
  const auto repaint = [window](wxFocusEvent& event) {
    window->Refresh();
    event.Skip();
  };
  window->Bind(wxEVT_SET_FOCUS, repaint);
  window->Bind(wxEVT_KILL_FOCUS, repaint);
}

}  // namespace disktwin::gui
