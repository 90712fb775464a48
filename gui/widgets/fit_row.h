// A partition in the table of sizes below the bars.
#pragma once

#include <wx/gbsizer.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include <chrono>

#include "gui/widgets/flow_text.h"
#include "gui/wizard/fitting.h"

namespace disktwin::gui {

// Sent by a row's field, and to be passed on: the size that was typed has been applied, or cannot
// be.
wxDECLARE_EVENT(EVT_SIZE_TYPED, wxCommandEvent);

// Makes windows in a panel that is someone else's. Changes the fitting itself, and sends
// EVT_SIZE_TYPED from its field then.
class FitRow {
 public:
  static constexpr int kColumns = 6;
  static constexpr int kGridRows = 2;  // for each of these rows
  // The integer of an EVT_SIZE_TYPED that only says that nothing is wrong any more.
  static constexpr int kNotTaken = 1;

  // The names of the columns, into the first row of the grid.
  static void addHeadings(wxWindow* panel, wxGridBagSizer* grid);

  FitRow(wxWindow* panel, wxGridBagSizer* grid, int gridRow, Fitting& fitting, std::size_t part);
  // Its windows may live on: they no longer ask it anything. To be destroyed before they are.
  ~FitRow();
  FitRow(const FitRow&) = delete;
  FitRow& operator=(const FitRow&) = delete;

  // Shows what the fitting has now, and forgets what was wrong.
  void update();
  bool isWrong() const { return isWrong_; }
  // Takes what is typed into the field; false when it could not be taken as it is.
  bool apply();

 private:
  wxStaticText* addText(wxGridBagSizer* grid, int column, const wxString& text, bool right);
  void addField(wxGridBagSizer* grid);
  void onEnter(wxCommandEvent& event);
  void onLeave(wxFocusEvent& event);
  void onText(wxCommandEvent& event);
  void say(const wxString& text, FlowText::Style style);
  const FitPart& it() const { return fitting_.parts()[part_]; }

  wxWindow* panel_;
  Fitting& fitting_;
  std::size_t part_;
  int gridRow_;
  wxTextCtrl* field_ = nullptr;  // none where nothing can be changed
  wxStaticText* fixed_ = nullptr;
  FlowText* words_ = nullptr;
  wxString shown_;
  bool isWrong_ = false;
  using Clock = std::chrono::steady_clock;
  Clock::time_point saidAt_;  // when the focus left, and another size was taken than was typed
};

}  // namespace disktwin::gui
