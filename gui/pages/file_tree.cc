#include "gui/pages/file_tree.h"

#include <algorithm>
#include <charconv>

#include "gui/protocol/json_fields.h"
#include "gui/widgets/accessible.h"
#include "gui/widgets/keep_chosen.h"
#include "gui/widgets/size_text.h"
#include "gui/window/text.h"

namespace disktwin::gui {
namespace {

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string nameOf(const FileNode& node) {
  return node.label.substr(node.label.rfind('/') + 1);
}

// Without the slash at its beginning.
std::string belowRoot(std::string path) {
  path.erase(0, std::min(path.find_first_not_of('/'), path.size()));
  return path;
}

// Empty for what is no hexadecimal number.
std::string bytesFromHex(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned byte = 0;
    const char* end = hex.data() + i + 2;
    if (std::from_chars(hex.data() + i, end, byte, 16).ptr != end) return {};
    out += static_cast<char>(byte);
  }
  return out;
}

bool isEntry(const nlohmann::json& event) {
  return textOf(event, "event") == "entry";
}

FileNode nodeFrom(const nlohmann::json& entry) {
  FileNode out;
  const std::string type = textOf(entry, "type");
  out.label = belowRoot(textOf(entry, "path"));
  out.path = belowRoot(bytesFromHex(textOf(entry, "path_hex")));
  if (out.path.empty()) out.path = out.label;
  out.size = numberOf(entry, "size");
  out.isFile = type == "file";
  out.isFolder = type == "folder";
  return out;
}

}  // namespace

class FileTree::Data : public wxClientData {
 public:
  explicit Data(FileNode of) : node(std::move(of)) {}
  FileNode node;
};

FileTree::FileTree(wxWindow* parent)
    : wxDataViewTreeCtrl(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize,
                         wxDV_NO_HEADER | wxDV_MULTIPLE) {
  setAccessibleName(this, _("Files"));
  keepChosenForDrags(this);
  // Names in an image are not to be changed.
  GetColumn(0)->GetRenderer()->SetMode(wxDATAVIEW_CELL_INERT);
  Bind(wxEVT_DATAVIEW_ITEM_EXPANDING, [this](wxDataViewEvent& event) { want(event.GetItem()); });
  // By Enter, the space bar or a double click.
  Bind(wxEVT_DATAVIEW_ITEM_ACTIVATED, [this](wxDataViewEvent& event) {
    const wxDataViewItem item = event.GetItem();
    if (!IsContainer(item)) return;
    if (IsExpanded(item)) {
      Collapse(item);
    } else {
      Expand(item);
    }
  });
}

FileNode* FileTree::nodeOf(const wxDataViewItem& item) const {
  if (!item.IsOk()) return nullptr;
  auto* data = dynamic_cast<Data*>(GetItemData(item));
  return data ? &data->node : nullptr;
}

void FileTree::want(wxDataViewItem folder) {
  FileNode* node = nodeOf(folder);
  if (!node || node->isListed) return;
  node->isListed = true;
  if (onWanted) onWanted(folder, node->path);
}

void FileTree::add(wxDataViewItem folder, const FileNode& node, const wxString& label) {
  if (!node.isFolder) {
    AppendItem(folder, label, -1, new Data(node));
    return;
  }
  const wxDataViewItem item = AppendContainer(folder, label, -1, -1, new Data(node));
  AppendItem(item, _("Looking..."));  // so that it can be opened
}

void FileTree::fill(wxDataViewItem folder, const JobState& state) {
  const wxDataViewItem waits = folder.IsOk() ? GetNthChild(folder, 0) : wxDataViewItem(nullptr);
  std::vector<const nlohmann::json*> entries;
  for (const nlohmann::json& event : state.found) {
    if (isEntry(event)) entries.push_back(&event);
  }
  std::ranges::sort(entries, [](const nlohmann::json* a, const nlohmann::json* b) {
    const bool isFolderA = textOf(*a, "type") == "folder";
    const bool isFolderB = textOf(*b, "type") == "folder";
    if (isFolderA != isFolderB) return isFolderA;
    return lowered(textOf(*a, "path")) < lowered(textOf(*b, "path"));
  });
  for (const nlohmann::json* entry : entries) {
    const FileNode node = nodeFrom(*entry);
    wxString label = shown(nameOf(node));
    if (node.isFile) label += "   " + shown(sizeText(node.size));
    if (textOf(*entry, "type") == "link") {
      label += wxString::FromUTF8("  \u2192  ") + shown(textOf(*entry, "link"));
    }
    add(folder, node, label);
  }
  // Only now: a folder in which there is nothing for a moment closes.
  if (waits.IsOk()) DeleteItem(waits);
}

void FileTree::closeAgain(wxDataViewItem folder) {
  FileNode* node = nodeOf(folder);
  if (!node) return;
  node->isListed = false;
  Collapse(folder);
}

std::size_t FileTree::fillFound(const JobState& state, std::size_t most) {
  std::size_t found = 0;
  for (const nlohmann::json& event : state.found) {
    if (!isEntry(event) || ++found > most) continue;
    const FileNode node = nodeFrom(event);
    add(wxDataViewItem(nullptr), node, shown(node.label));
  }
  return found;
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
    if (const FileNode* node = nodeOf(item)) out.push_back(*node);
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
