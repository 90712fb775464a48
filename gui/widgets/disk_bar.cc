#include "gui/widgets/disk_bar.h"

#include <wx/intl.h>

#include <algorithm>
#include <cmath>

#include "gui/widgets/accessible.h"
#include "gui/widgets/canvas.h"
#include "gui/widgets/size_text.h"
#include "gui/widgets/words.h"

namespace disktwin::gui {
namespace {

// Gaps that alignment leaves are of no interest to anybody.
constexpr std::uint64_t kLeastGap = 16 << 20;
// So much of a bar is given away so that parts can be read, whatever their size.
constexpr double kForWords = 0.85;
// Beside the words of a part.
constexpr int kMargin = 8;

int pixels(double value) {
  return static_cast<int>(std::lround(value));
}

void addGap(std::vector<BarPart>& parts, std::uint64_t from, std::uint64_t to, std::uint64_t disk) {
  if (to > from && to - from > std::max(kLeastGap, disk / 1000)) {
    parts.push_back(unallocatedPart(to - from));
  }
}

wxString filledText(const BarPart& part) {
  return wxString::Format(_("%s, %s used"), fromUtf8(shortSizeText(part.size)),
                          fromUtf8(shortSizeText(*part.used)));
}

PartWords wordsOf(const BarPart& part) {
  PartWords out;
  out.title = part.title.utf8_string();
  if (part.number > 0) out.number = std::to_string(part.number);
  const wxString type = filesystemText(part.filesystem);
  if (type != part.title) out.filesystem = type.utf8_string();
  out.role = part.ownRole().utf8_string();
  out.size = shortSizeText(part.size);
  if (part.used) out.sizeAndUsed = filledText(part).utf8_string();
  return out;
}

}  // namespace

wxString BarPart::ownRole() const {
  const auto isSaidBy = [this](const wxString& text) { return role.IsSameAs(text, false); };
  return isSaidBy(title) || isSaidBy(filesystemText(filesystem)) ? wxString() : role;
}

wxString BarPart::spoken() const {
  if (unallocated) {
    return wxString::Format(_("Not in use: %s."), fromUtf8(shortSizeText(size)));
  }
  wxString out = number == 0 ? title : wxString::Format("%u: %s", number, title);
  if (!filesystem.empty() && filesystemText(filesystem) != title) {
    out += ", " + filesystemText(filesystem);
  }
  if (const wxString more = ownRole(); !more.empty()) out += ", " + more;
  return out + ", " + (used ? filledText(*this) : fromUtf8(shortSizeText(size))) + '.';
}

BarPart unallocatedPart(std::uint64_t size) {
  BarPart out;
  out.title = _("Not in use");
  out.size = size;
  out.unallocated = true;
  return out;
}

std::vector<BarPart> barParts(const Disk& disk) {
  std::vector<Partition> sorted = disk.partitions;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Partition& a, const Partition& b) { return a.offset < b.offset; });
  std::vector<BarPart> out;
  std::uint64_t end = 0;
  for (const Partition& partition : sorted) {
    addGap(out, end, partition.offset, disk.size);
    BarPart part;
    part.title = partitionTitle(partition);
    part.filesystem = partition.filesystem;
    part.role = roleText(partition.role);
    part.size = partition.size;
    part.used = partition.used;
    part.number = partition.number;
    out.push_back(part);
    end = std::max(end, partition.offset + partition.size);
  }
  if (!out.empty()) addGap(out, end, disk.size, disk.size);
  return out;
}

wxString wordInstead(const Disk& disk) {
  if (!disk.unreadable.empty()) return _("Cannot be looked into");
  if (disk.isNew) return _("Will be created");
  if (disk.table.empty()) return _("Not looked into yet");
  return _("Empty: no partitions");
}

void BarPicture::set(std::vector<BarPart> parts, const wxString& instead) {
  parts_ = std::move(parts);
  instead_ = instead;
}

int BarPicture::height(const wxWindow* window) {
  return 3 * lineHeight(window, fontFor(TextSize::Small)) + window->FromDIP(17);
}

void BarPicture::layOut(const wxWindow* window, const wxRect& rect) {
  rect_ = rect;
  const wxFont font = fontFor(TextSize::Small);
  const wxFont bold = fontFor(TextSize::Small, true);
  // Names may be of any length.
  const int most = textWidth(window, font, wxString::FromUTF8("FAT \u00B7 EFI system"));
  std::vector<std::uint64_t> sizes;
  std::vector<double> needs;
  for (const BarPart& part : parts_) {
    sizes.push_back(part.size);
    const PartWords words = wordsOf(part);
    const int widest = std::max({textWidth(window, bold, part.title),
                                 textWidth(window, font, fromUtf8(words.filesystemAndRole())),
                                 textWidth(window, font, fromUtf8(words.size))});
    needs.push_back(part.mayBeNarrow ? 1 : std::min(widest, most) + window->FromDIP(2 * kMargin));
  }
  // With many parts, or large text, words are cut rather than that all look the same.
  layout_ =
      layOutBar(sizes, leastWidths(needs, kForWords * rect.width), rect.width, window->FromDIP(2));
}

wxRect BarPicture::rectOf(std::size_t part) const {
  const BarPlace& place = layout_.places[part];
  const int left = pixels(place.left);
  return {rect_.x + left, rect_.y, pixels(place.left + place.width) - left, rect_.height};
}

std::size_t BarPicture::partAt(const wxPoint& point) const {
  for (std::size_t i = 0; i < layout_.places.size(); ++i) {
    if (rectOf(i).Contains(point)) return i;
  }
  return parts_.size();
}

void BarPicture::draw(Canvas& canvas, bool faded) const {
  if (!parts_.empty()) {
    for (std::size_t i = 0; i < parts_.size(); ++i) drawPart(canvas, i, faded);
    return;
  }
  const Palette& colours = palette();
  canvas.box(rect_, canvas.window()->FromDIP(4), toColour(colours.surfaceDisabled),
             toColour(colours.border));
  canvas.text(instead_, rect_, fontFor(TextSize::Small), toColour(colours.muted), Align::Centre);
}

void BarPicture::drawPart(Canvas& canvas, std::size_t at, bool faded) const {
  const BarPart& part = parts_[at];
  const wxWindow* window = canvas.window();
  const wxRect rect = rectOf(at);
  const int radius = window->FromDIP(3);
  const int strip = window->FromDIP(5);
  if (part.unallocated) {
    const ContentColours colours = coloursOf(Content::Unallocated, isDark());
    canvas.box(rect, radius, toColour(colours.free), toColour(colours.strip));
    drawWords(canvas, at, toColour(colours.text));
    return;
  }
  const ContentColours colours =
      faded ? fadedColours(isDark()) : coloursOf(contentOf(part.filesystem), isDark());
  canvas.box(rect, radius, toColour(colours.free));
  if (part.used && part.size > 0) {
    const double share =
        std::min(1.0, static_cast<double>(*part.used) / static_cast<double>(part.size));
    // The right side is straight: a rounded one would look like the end of something.
    canvas.boxWithin(wxRect2DDouble(rect.x, rect.y, rect.width * share, rect.height), rect, radius,
                     toColour(colours.used));
  }
  canvas.boxWithin(wxRect2DDouble(rect.x, rect.y, rect.width, strip), rect, radius,
                   toColour(colours.strip));
  drawWords(canvas, at, toColour(colours.text));
}

WrittenPart BarPicture::written(const wxWindow* window, std::size_t at) const {
  const BarPart& part = parts_[at];
  const int room = rectOf(at).width - 2 * window->FromDIP(kMargin);
  const wxFont font = fontFor(TextSize::Small);
  const wxFont bold = fontFor(TextSize::Small, true);
  return writtenInto(wordsOf(part), [&](const std::string& words, bool isBold) {
    return textWidth(window, isBold ? bold : font, fromUtf8(words)) <= room;
  });
}

void BarPicture::drawWords(Canvas& canvas, std::size_t at, const wxColour& colour) const {
  const wxWindow* window = canvas.window();
  const wxFont font = fontFor(TextSize::Small);
  const wxFont bold = fontFor(TextSize::Small, true);
  const wxRect rect = rectOf(at);
  const int line = lineHeight(window, font);
  const int margin = window->FromDIP(kMargin);
  wxRect row(rect.x + margin, rect.y + window->FromDIP(10), rect.width - 2 * margin, line);
  if (row.width < line) return;
  const std::vector<std::string> lines = written(window, at).lines;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    canvas.text(fromUtf8(lines[i]), row, i == 0 ? bold : font, colour);
    row.y += line;
  }
}

wxString BarPicture::untold(const wxWindow* window) const {
  wxString out;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (written(window, i).tellsAll) continue;
    out += (out.empty() ? "" : " ") + parts_[i].spoken();
  }
  return out;
}

wxString BarPicture::spoken() const {
  if (parts_.empty()) return instead_ + '.';
  wxString out;
  for (const BarPart& part : parts_) out += (out.empty() ? "" : " ") + part.spoken();
  return out;
}

void showPartTip(wxWindow* window, const BarPicture& picture, const wxPoint& pointer) {
  const std::size_t at = picture.partAt(pointer);
  const wxString tip = at < picture.parts().size() ? picture.parts()[at].spoken() : wxString();
  if (tip == window->GetToolTipText()) return;
  if (tip.empty()) {
    window->UnsetToolTip();
  } else {
    window->SetToolTip(tip);
  }
}

DiskBar::DiskBar(wxWindow* parent) {
  Create(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize,
         wxBORDER_NONE | wxFULL_REPAINT_ON_RESIZE);
  Bind(wxEVT_PAINT, [this](wxPaintEvent&) {
    Canvas canvas(this);
    picture_.layOut(this, GetClientRect());
    picture_.draw(canvas, false);
  });
  Bind(wxEVT_MOTION, [this](wxMouseEvent& event) {
    event.Skip();
    showPartTip(this, picture_, event.GetPosition());
  });
}

void DiskBar::setDisk(const Disk& disk) {
  picture_.set(barParts(disk), wordInstead(disk));
  setAccessible(this, fromUtf8(disk.title()), picture_.spoken(), Role::Image);
  Refresh();
}

void DiskBar::setParts(std::vector<BarPart> parts, const wxString& name) {
  picture_.set(std::move(parts));
  setAccessible(this, name, picture_.spoken(), Role::Image);
  Refresh();
}

wxSize DiskBar::DoGetBestClientSize() const {
  return {textUnits(this, 80), BarPicture::height(this)};
}

}  // namespace disktwin::gui
