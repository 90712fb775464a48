// The partitions of a target as a bar whose borders can be moved.
#pragma once

#include <wx/panel.h>

#include <vector>

#include "gui/widgets/disk_bar.h"
#include "gui/wizard/fitting.h"

namespace disktwin::gui {

// A size was changed by the user.
wxDECLARE_EVENT(EVT_FIT_CHANGED, wxCommandEvent);

// What a fitting has before or after, with what no partition takes of `whole` bytes.
std::vector<BarPart> fitBarParts(const Fitting& fitting, bool after, std::uint64_t whole);

// The border behind a partition. Takes the focus: Left and Right move it by a hundredth of the
// room, with Ctrl by a tenth, with Shift by 1 MiB; Home and End as far as it goes; Escape while it
// is dragged puts it back.
class BorderHandle;

class FitBar : public wxPanel {
 public:
  // Changes `fitting` itself, which has to outlive it, and sends EVT_FIT_CHANGED then.
  FitBar(wxWindow* parent, Fitting& fitting);

  // To be called when the fitting was changed elsewhere, or is another one.
  void update();

 protected:
  wxSize DoGetBestClientSize() const override;

 private:
  friend class BorderHandle;

  void arrange();
  void changed();
  bool canMove(std::size_t part) const;
  wxString nameOf(std::size_t part) const;

  Fitting& fitting_;
  BarPicture picture_;
  std::vector<BorderHandle*> handles_;  // children of this window
};

}  // namespace disktwin::gui
