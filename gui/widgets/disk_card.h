// A disk that can be chosen, with everything by which its owner recognises it.
#pragma once

#include <wx/control.h>

#include "gui/widgets/disk_bar.h"

namespace disktwin::gui {

// Sent by a card: it was clicked or Space was pressed on it; the same twice, or Enter. Also by
// cards that cannot be chosen.
wxDECLARE_EVENT(EVT_CARD_PRESSED, wxCommandEvent);
wxDECLARE_EVENT(EVT_CARD_ACTIVATED, wxCommandEvent);

class DiskCard : public wxControl {
 public:
  explicit DiskCard(wxWindow* parent);

  // `reason`: why it cannot be chosen, a phrase; empty when it can.
  void setDisk(const Disk& disk, const wxString& reason);
  const Disk& disk() const { return disk_; }
  bool canBeChosen() const { return reason_.empty(); }

  void setChosen(bool chosen);
  bool isChosen() const { return isChosen_; }

  // Of a group of cards one can be reached with Tab, the others with arrow keys. GTK gives the
  // focus to nothing else, so it has to be set before SetFocus().
  void setTabStop(bool isTabStop);
  bool AcceptsFocusFromKeyboard() const override { return isTabStop_; }

  // The height that all of it needs at that width.
  int heightFor(int width) const;

 protected:
  wxSize DoGetBestClientSize() const override;

 private:
  // Where its contents are at some width.
  struct Places {
    wxRect box;
    wxRect mark;
    wxRect title;
    wxRect size;
    wxRect facts;
    std::vector<wxString> factLines;
    wxRect bar;
    wxRect untold;  // what has no room in the bar
    std::vector<wxString> untoldLines;
    wxRect reason;
    std::vector<wxString> reasonLines;
    int height = 0;
  };
  Places placesFor(int width) const;
  int placeTitle(Places& out, const wxRect& rest) const;

  void onPaint(wxPaintEvent& event);
  wxString titleIn(const Places& places) const;
  void drawMark(Canvas& canvas, const wxRect& rect) const;
  void onMotion(wxMouseEvent& event);
  void onKey(wxKeyEvent& event);
  void send(wxEventType type);
  void describe();

  Disk disk_;
  wxString reason_;
  wxString facts_;
  BarPicture bar_;
  bool isChosen_ = false;
  bool isTabStop_ = true;
  bool isPointed_ = false;
};

}  // namespace disktwin::gui
