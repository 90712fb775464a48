// The partitions before and after, one above the other, and a table in which sizes can be typed.
#pragma once

#include <wx/scrolwin.h>

#include <memory>
#include <vector>

#include "gui/widgets/fit_bar.h"
#include "gui/wizard/fitting.h"

class wxButton;
class wxChoice;
class wxSizer;

namespace disktwin::gui {

class DiskBar;
class FitRow;
class FlowText;

// Sends EVT_FIT_CHANGED (fit_bar.h) when the user has changed a size, or typed what is none.
class FitEditor : public wxScrolledWindow {
 public:
  // The disks as they are to be called: "Samsung SSD 870 EVO, 500.1 GB (465.8 GiB)".
  struct Sides {
    wxString source;
    std::uint64_t sourceSize = 0;
    wxString target;
  };

  explicit FitEditor(wxWindow* parent);
  ~FitEditor() override;

  void set(const Fitting& fitting, const Sides& sides);
  const Fitting& fitting() const { return fitting_; }
  // Takes what is typed into a field that still has the focus; false when it could not be taken as
  // it is: then it says why.
  bool apply();
  // Whether a field holds what is no size: nothing should go on then.
  bool hasErrors() const;

 private:
  void addBars(wxSizer* sizer);
  void addButtons(wxSizer* sizer);
  void makeTable();
  void refresh();
  void tell();
  // Does that to the fitting, shows it and says so.
  template <typename Change>
  void change(Change&& change);

  Fitting fitting_;
  FlowText* source_ = nullptr;
  FlowText* target_ = nullptr;
  DiskBar* before_ = nullptr;
  FitBar* after_ = nullptr;
  wxButton* keep_ = nullptr;
  wxChoice* all_ = nullptr;
  std::vector<std::size_t> growing_;  // the parts that `all_` offers
  wxPanel* table_ = nullptr;
  std::vector<std::unique_ptr<FitRow>> rows_;
};

}  // namespace disktwin::gui
