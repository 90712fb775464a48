// The files in an image or on a disk: as a tree, searched, looked at, taken out.
#pragma once

#include <wx/button.h>
#include <wx/choice.h>
#include <wx/dataview.h>
#include <wx/srchctrl.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gui/pages/drag_files.h"
#include "gui/pages/extract_row.h"
#include "gui/pages/file_tree.h"
#include "gui/pages/page.h"
#include "gui/pages/preview_panel.h"
#include "gui/widgets/error_panel.h"

namespace disktwin::gui {

class BrowsePage : public PageView {
 public:
  BrowsePage(wxWindow* parent, Context& context);

  Page page() const override { return Page::Browse; }
  wxString title() const override;
  void enter() override;
  void leave() override;
  wxString onLabel() const override { return ""; }
  bool holds() const override { return row_->isAtWork(); }

 private:
  void makeParts();
  void bindParts();
  void showPartitions();
  void clearTree();
  void openPartition();
  void dropQuestions();
  void list(wxDataViewItem folder, const std::string& path);
  void search();
  void preview();
  void extractTo();
  void dragOut(wxDataViewEvent& event);
  void finishDrag();
  void showFailure(const Failure& failure);
  void ask(std::vector<std::string> words, std::function<void(const JobState& state)> done);
  std::string wordFor(const std::string& path) const;  // as the command line names it
  std::vector<std::string> wordsFor(const std::vector<FileNode>& nodes) const;
  bool asRoot() const;

  wxChoice* partition_ = nullptr;
  wxSearchCtrl* search_ = nullptr;
  FileTree* tree_ = nullptr;
  PreviewPanel* preview_ = nullptr;
  wxButton* extract_ = nullptr;
  ExtractRow* row_ = nullptr;
  ErrorPanel* error_ = nullptr;
  DragFiles drag_;
  std::vector<std::uint32_t> numbers_;         // of the partitions in the choice
  std::set<std::shared_ptr<Running>> asking_;  // what the tree waits for
  bool isSearch_ = false;                      // what the tree shows was searched for
  std::string shown_;                          // the source that the tree is of
};

}  // namespace disktwin::gui
