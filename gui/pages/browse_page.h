// The files in an image or on a disk: as a tree, searched, looked at, taken out.
#pragma once

#include <wx/button.h>
#include <wx/choice.h>
#include <wx/dataview.h>
#include <wx/srchctrl.h>
#include <wx/statbmp.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include <map>
#include <memory>
#include <set>
#include <string>

#include "gui/pages/page.h"
#include "gui/widgets/error_panel.h"
#include "gui/window/scratch.h"

namespace disktwin::gui {

class BrowsePage : public PageView {
 public:
  BrowsePage(wxWindow* parent, Context& context);

  Page page() const override { return Page::Browse; }
  wxString title() const override;
  void enter() override;
  wxString onLabel() const override { return ""; }

 private:
  struct Node {
    std::string path;  // below the partition's root, without a '/' at its ends
    std::uint64_t size = 0;
    bool isFolder = false;
    bool isListed = false;
  };
  class NodeData;

  void showPartitions();
  void openPartition();
  void list(wxDataViewItem folder);
  void addEntries(wxDataViewItem folder, const JobState& state);
  wxDataViewItem addNode(wxDataViewItem folder, const Node& node, const wxString& label);
  Node* nodeOf(const wxDataViewItem& item) const;
  void search();
  void preview();
  void showPreview(const std::string& file);
  void extractTo();
  void dragOut(wxDataViewEvent& event);
  std::vector<std::string> chosen() const;  // as words of the command line
  std::string wordFor(const std::string& path) const;
  bool asRoot() const;
  void setStatus(const wxString& text);
  std::shared_ptr<Running> ask(std::vector<std::string> words,
                               std::function<void(const JobState& state)> done);

  wxChoice* partition_;
  wxSearchCtrl* search_;
  wxDataViewTreeCtrl* tree_;
  wxStaticText* about_;
  wxTextCtrl* text_;
  wxStaticBitmap* picture_;
  wxButton* extract_;
  wxStaticText* status_;
  ErrorPanel* error_;
  std::vector<std::uint32_t> numbers_;  // of the partitions in the choice
  std::set<std::shared_ptr<Running>> asking_;
  std::shared_ptr<Running> previewing_;
  Scratch scratch_;
  unsigned generation_ = 0;  // of the tree: answers for an older one are dropped
};

}  // namespace disktwin::gui
