// Disks below each other, one of which can be chosen.
#pragma once

#include <wx/scrolwin.h>

#include <vector>

#include "gui/protocol/disk.h"

class wxBoxSizer;

namespace disktwin::gui {

class DiskCard;
class FlowText;

// Another one is chosen, or none any more: GetString() is its stableName(), GetInt() its place in
// the list or -1.
wxDECLARE_EVENT(EVT_DISK_SELECTED, wxCommandEvent);
// The chosen one was clicked twice, or Enter was pressed on it: go on.
wxDECLARE_EVENT(EVT_DISK_ACTIVATED, wxCommandEvent);

class DiskList : public wxScrolledWindow {
 public:
  struct Entry {
    Disk disk;
    wxString reason;  // why it cannot be chosen, a phrase; empty when it can
  };

  // `name` is for screen readers: "Source disk".
  DiskList(wxWindow* parent, const wxString& name);

  // What is shown when there are no disks.
  void setEmptyText(const wxString& text);
  // What that is when nothing else was set.
  static wxString noDisksText();
  // Disks that were there before keep their cards, so that focus, choice and scrolling stay as they
  // are. When the chosen one is gone or can no longer be chosen, EVT_DISK_SELECTED says so.
  void setDisks(const std::vector<Entry>& entries);

  // nullptr: none.
  const Disk* selected() const;
  // Chooses without an event; what is not there or cannot be chosen leaves none chosen.
  void select(const std::string& stableName);

 private:
  DiskCard* find(const std::string& stableName) const;
  DiskCard* chosen() const;
  void choose(DiskCard* card, bool tell);
  void onActivated(wxCommandEvent& event);
  void onKey(wxKeyEvent& event);
  void focus(DiskCard* card);
  void moveFocus(DiskCard* card);
  void setTabStop(DiskCard* only);
  void showEmptyText(bool show);
  void arrange();
  void send(wxEventType type);

  std::vector<DiskCard*> cards_;  // children of this window
  wxBoxSizer* sizer_ = nullptr;
  wxString emptyText_;
  FlowText* empty_ = nullptr;  // only while there are no cards: GTK complains of hidden children
  int arrangedWidth_ = 0;
};

}  // namespace disktwin::gui
