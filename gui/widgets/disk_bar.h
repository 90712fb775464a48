// A disk as a bar: its partitions in proportion, how full they are, and what lies in them, by
// colour and in words.
#pragma once

#include <wx/control.h>

#include <optional>
#include <vector>

#include "gui/protocol/disk.h"
#include "gui/widgets/bar_layout.h"
#include "gui/widgets/bar_words.h"

namespace disktwin::gui {

class Canvas;

// A partition, or a place where there is none.
struct BarPart {
  wxString title;
  std::string filesystem;  // as the protocol names it
  wxString role;           // may be empty
  std::uint64_t size = 0;
  std::optional<std::uint64_t> used;
  bool unallocated = false;
  bool mayBeNarrow = false;  // need not be wide enough for its words
  std::uint32_t number = 0;

  // The role where the title and the filesystem do not say it; may be empty.
  wxString ownRole() const;
  // All of it in a sentence, for tooltips and screen readers.
  wxString spoken() const;
};

BarPart unallocatedPart(std::uint64_t size);
// In the order of the disk, with places of some size that no partition takes.
std::vector<BarPart> barParts(const Disk& disk);
// What is to be said of a disk without parts: "Cannot be looked into".
wxString wordInstead(const Disk& disk);

// The picture alone: for windows that paint a bar among other things. Coordinates are those of the
// window.
class BarPicture {
 public:
  void set(std::vector<BarPart> parts, const wxString& instead = "");
  const std::vector<BarPart>& parts() const { return parts_; }

  static int height(const wxWindow* window);
  void layOut(const wxWindow* window, const wxRect& rect);
  const wxRect& rect() const { return rect_; }
  wxRect rectOf(std::size_t part) const;
  double bytesPerPixel() const { return layout_.bytesPerUnit; }
  // The part there; parts().size() when there is none.
  std::size_t partAt(const wxPoint& point) const;

  // `faded`: without colour, since the disk cannot be chosen.
  void draw(Canvas& canvas, bool faded) const;

  // All parts as sentences.
  wxString spoken() const;
  // The same of those whose words have no room where they are laid out.
  wxString untold(const wxWindow* window) const;

 private:
  WrittenPart written(const wxWindow* window, std::size_t at) const;
  void drawPart(Canvas& canvas, std::size_t at, bool faded) const;
  void drawWords(Canvas& canvas, std::size_t at, const wxColour& colour) const;

  std::vector<BarPart> parts_;
  wxString instead_;
  wxRect rect_;
  BarLayout layout_;
};

// Tells the part below the pointer in a tooltip of that window.
void showPartTip(wxWindow* window, const BarPicture& picture, const wxPoint& pointer);

// A bar by itself. Takes no focus; tells each partition in a tooltip.
class DiskBar : public wxControl {
 public:
  explicit DiskBar(wxWindow* parent);

  void setDisk(const Disk& disk);
  // `name` is for screen readers.
  void setParts(std::vector<BarPart> parts, const wxString& name);

  bool AcceptsFocus() const override { return false; }

 protected:
  wxSize DoGetBestClientSize() const override;

 private:
  BarPicture picture_;
};

}  // namespace disktwin::gui
