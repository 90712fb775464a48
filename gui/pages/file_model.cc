#include "gui/pages/file_model.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "gui/protocol/json_fields.h"
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

// Below its folder.
wxString textFor(const nlohmann::json& entry, const FileNode& node) {
  wxString out = shown(nameOf(node));
  if (node.isFile) out += "   " + shown(sizeText(node.size));
  if (textOf(entry, "type") == "link") {
    out += wxString::FromUTF8("  \u2192  ") + shown(textOf(entry, "link"));
  }
  return out;
}

}  // namespace

struct FileModel::Row {
  FileNode node;
  wxString text;
  Row* above = nullptr;  // null: at the top
  Rows below;
  bool isPlaceholder = false;
  std::string order;  // in which they stand in their folder
};

FileModel::FileModel() = default;
FileModel::~FileModel() = default;

std::unique_ptr<FileModel::Row> FileModel::makeRow(FileNode node, const wxString& text,
                                                   Row* above) {
  auto out = std::make_unique<Row>();
  out->order = (node.isFolder ? "a" : "b") + lowered(node.label);
  if (node.isFolder) {
    // So that it can be opened.
    auto waits = std::make_unique<Row>();
    waits->text = _("Looking...");
    waits->above = out.get();
    waits->isPlaceholder = true;
    out->below.push_back(std::move(waits));
  }
  out->node = std::move(node);
  out->text = text;
  out->above = above;
  return out;
}

FileNode* FileModel::nodeOf(const wxDataViewItem& item) const {
  Row* row = rowOf(item);
  return row && !row->isPlaceholder ? &row->node : nullptr;
}

void FileModel::clear() {
  top_.clear();
  Cleared();
}

void FileModel::setContent(const wxDataViewItem& folder, const JobState& state) {
  Rows rows;
  for (const nlohmann::json& event : state.found) {
    if (!isEntry(event)) continue;
    const FileNode node = nodeFrom(event);
    rows.push_back(makeRow(node, textFor(event, node), rowOf(folder)));
  }
  const auto order = [](const std::unique_ptr<Row>& row) -> const std::string& {
    return row->order;
  };
  std::ranges::sort(rows, {}, order);
  put(folder, std::move(rows));
}

std::size_t FileModel::setFound(const JobState& state, std::size_t most) {
  Rows rows;
  std::size_t found = 0;
  for (const nlohmann::json& event : state.found) {
    if (!isEntry(event) || ++found > most) continue;
    const FileNode node = nodeFrom(event);
    rows.push_back(makeRow(node, shown(node.label), nullptr));
  }
  put(wxDataViewItem(), std::move(rows));
  return found;
}

// What is shown of a folder is dropped first and fetched as a whole when it is opened: telling of
// one row after the other takes a look at all for each.
void FileModel::put(const wxDataViewItem& folder, Rows rows) {
  Row* row = rowOf(folder);
  if (!row) {
    top_ = std::move(rows);
    Cleared();
    return;
  }
  const Rows before = std::exchange(row->below, {});
  wxDataViewItemArray gone;
  for (const auto& one : before) gone.Add(wxDataViewItem(one.get()));
  ItemsDeleted(folder, gone);
  row->below = std::move(rows);
}

void FileModel::GetValue(wxVariant& value, const wxDataViewItem& item, unsigned) const {
  const Row* row = rowOf(item);
  value = row ? row->text : wxString();
}

wxDataViewItem FileModel::GetParent(const wxDataViewItem& item) const {
  const Row* row = rowOf(item);
  return wxDataViewItem(row ? row->above : nullptr);
}

bool FileModel::IsContainer(const wxDataViewItem& item) const {
  const Row* row = rowOf(item);
  return !row || row->node.isFolder;
}

unsigned FileModel::GetChildren(const wxDataViewItem& folder, wxDataViewItemArray& out) const {
  const Row* row = rowOf(folder);
  const Rows& rows = row ? row->below : top_;
  for (const auto& one : rows) out.Add(wxDataViewItem(one.get()));
  return static_cast<unsigned>(rows.size());
}

}  // namespace disktwin::gui
