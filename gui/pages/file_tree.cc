#include "gui/pages/file_tree.h"

#include "gui/widgets/accessible.h"
#include "gui/widgets/keep_chosen.h"

namespace disktwin::gui {

FileTree::FileTree(wxWindow* parent)
    : wxDataViewCtrl(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize,
                     wxDV_NO_HEADER | wxDV_MULTIPLE),
      model_(new FileModel) {
  AssociateModel(model_.get());
  // Names in an image are not to be changed.
  AppendTextColumn("", 0, wxDATAVIEW_CELL_INERT);
  setAccessibleName(this, _("Files"));
  keepChosenForDrags(this);
  Bind(wxEVT_DATAVIEW_ITEM_EXPANDING, [this](wxDataViewEvent& event) { want(event.GetItem()); });
  // By Enter, the space bar or a double click.
  Bind(wxEVT_DATAVIEW_ITEM_ACTIVATED, [this](wxDataViewEvent& event) {
    const wxDataViewItem item = event.GetItem();
    if (!model_->IsContainer(item)) return;
    if (IsExpanded(item)) {
      Collapse(item);
    } else {
      Expand(item);
    }
  });
}

void FileTree::want(wxDataViewItem folder) {
  FileNode* node = model_->nodeOf(folder);
  if (!node || node->isListed) return;
  node->isListed = true;
  if (onWanted) onWanted(folder, node->path);
}

void FileTree::fill(wxDataViewItem folder, const JobState& state) {
  const bool isOpen = folder.IsOk() && IsExpanded(folder);
  model_->setContent(folder, state);
  if (isOpen) Expand(folder);
}

void FileTree::closeAgain(wxDataViewItem folder) {
  FileNode* node = model_->nodeOf(folder);
  if (!node) return;
  node->isListed = false;
  Collapse(folder);
}

std::size_t FileTree::fillFound(const JobState& state, std::size_t most) {
  return model_->setFound(state, most);
}

std::optional<FileNode> FileTree::chosenOne() const {
  const std::vector<FileNode> all = chosen();
  return all.size() == 1 ? std::optional(all.front()) : std::nullopt;
}

std::vector<FileNode> FileTree::chosen() const {
  wxDataViewItemArray items;
  GetSelections(items);
  std::vector<FileNode> out;
  for (const wxDataViewItem& item : items) {
    if (const FileNode* node = model_->nodeOf(item)) out.push_back(*node);
  }
  return out;
}

std::optional<std::uint64_t> sizeOf(const std::vector<FileNode>& nodes) {
  std::uint64_t out = 0;
  for (const FileNode& node : nodes) {
    if (!node.isFile) return std::nullopt;
    out += node.size;
  }
  return out;
}

}  // namespace disktwin::gui
