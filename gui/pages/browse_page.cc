#include "gui/pages/browse_page.h"

#include <wx/dirdlg.h>
#include <wx/dnd.h>
#include <wx/image.h>
#include <wx/log.h>
#include <wx/splitter.h>
#include <wx/utils.h>
#include <wx/wfstream.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "gui/protocol/json_fields.h"
#include "gui/widgets/accessible.h"
#include "gui/widgets/size_text.h"
#include "gui/window/passphrase.h"
#include "gui/window/text.h"

namespace disktwin::gui {
namespace {

namespace stdfs = std::filesystem;

constexpr std::uint64_t kLargestPreview = 32U << 20;
constexpr std::size_t kPreviewText = 64U << 10;
constexpr std::uint64_t kLargestDrag = 256U << 20;
constexpr unsigned kMostFoundShown = 2000;
constexpr int kLargestSide = 20'000;  // of a picture, in pixels

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool isText(const std::string& bytes) {
  return bytes.find('\0') == bytes.npos && !wxString::FromUTF8(bytes.c_str(), bytes.size()).empty();
}

// The first regular file below a folder: what was extracted into it.
std::string onlyFile(const std::string& folder) {
  std::error_code failed;
  for (const auto& entry : stdfs::recursive_directory_iterator(folder, failed)) {
    if (entry.is_regular_file(failed) && !entry.is_symlink(failed)) return entry.path().string();
  }
  return {};
}

}  // namespace

class BrowsePage::NodeData : public wxClientData {
 public:
  explicit NodeData(Node of) : node(std::move(of)) {}
  Node node;
};

BrowsePage::BrowsePage(wxWindow* parent, Context& context)
    : PageView(parent, context),
      partition_(new wxChoice(this, wxID_ANY)),
      search_(new wxSearchCtrl(this, wxID_ANY)),
      status_(new wxStaticText(this, wxID_ANY, "")),
      error_(new ErrorPanel(this)) {
  const int gap = FromDIP(8);
  auto* splitter =
      new wxSplitterWindow(this, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxSP_LIVE_UPDATE);
  tree_ = new wxDataViewTreeCtrl(splitter, wxID_ANY, wxDefaultPosition, wxDefaultSize,
                                 wxDV_NO_HEADER | wxDV_MULTIPLE);
  auto* right = new wxPanel(splitter);
  about_ = new wxStaticText(right, wxID_ANY, "");
  text_ = new wxTextCtrl(right, wxID_ANY, "", wxDefaultPosition, wxDefaultSize,
                         wxTE_MULTILINE | wxTE_READONLY | wxTE_DONTWRAP);
  text_->SetFont(wxFont(wxFontInfo(GetFont().GetPointSize()).Family(wxFONTFAMILY_TELETYPE)));
  picture_ = new wxStaticBitmap(right, wxID_ANY, wxNullBitmap);
  extract_ = new wxButton(right, wxID_ANY, _("&Extract to..."));
  auto* column = new wxBoxSizer(wxVERTICAL);
  column->Add(about_, wxSizerFlags().Expand().Border(wxALL, gap / 2));
  column->Add(text_, wxSizerFlags(1).Expand());
  column->Add(picture_, wxSizerFlags(1).Expand());
  column->Add(extract_, wxSizerFlags().Border(wxTOP, gap));
  right->SetSizer(column);
  picture_->Hide();
  splitter->SetMinimumPaneSize(FromDIP(160));
  splitter->SetSashGravity(0.5);
  splitter->SplitVertically(tree_, right);
  splitter->SetMinSize(FromDIP(wxSize(300, 260)));

  auto* row = new wxBoxSizer(wxHORIZONTAL);
  row->Add(new wxStaticText(this, wxID_ANY, _("&Partition:")),
           wxSizerFlags().CentreVertical().Border(wxRIGHT, gap));
  row->Add(partition_, wxSizerFlags(1).CentreVertical());
  row->Add(search_, wxSizerFlags(1).CentreVertical().Border(wxLEFT, gap));
  column_->Add(row, wxSizerFlags().Expand());
  column_->Add(splitter, wxSizerFlags(1).Expand().Border(wxTOP, gap));
  column_->Add(status_, wxSizerFlags().Expand().Border(wxTOP, gap));
  column_->Add(error_, wxSizerFlags().Expand());
  search_->SetDescriptiveText(_("Search for a name"));
  search_->ShowCancelButton(true);

  setAccessibleName(partition_, _("Partition"));
  setAccessibleName(search_, _("Search for a name"));
  setAccessibleName(tree_, _("Files"));
  setAccessibleName(text_, _("Preview"));
  partition_->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { openPartition(); });
  search_->Bind(wxEVT_SEARCH, [this](wxCommandEvent&) { search(); });
  search_->Bind(wxEVT_SEARCH_CANCEL, [this](wxCommandEvent&) {
    search_->Clear();
    openPartition();
  });
  tree_->Bind(wxEVT_DATAVIEW_ITEM_EXPANDING,
              [this](wxDataViewEvent& event) { list(event.GetItem()); });
  tree_->Bind(wxEVT_DATAVIEW_SELECTION_CHANGED, [this](wxDataViewEvent&) { preview(); });
  tree_->Bind(wxEVT_DATAVIEW_ITEM_BEGIN_DRAG, [this](wxDataViewEvent& event) { dragOut(event); });
  tree_->EnableDragSource(wxDF_FILENAME);
  extract_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { extractTo(); });
}

wxString BrowsePage::title() const {
  const auto& source = context_.wizard.source();
  if (!source) return _("Look into an image");
  return wxString::Format(_("In %s"), shown(source->path.substr(source->path.rfind('/') + 1)));
}

void BrowsePage::enter() {
  error_->clear();
  showPartitions();
  openPartition();
}

void BrowsePage::showPartitions() {
  partition_->Clear();
  numbers_.clear();
  const auto& source = context_.wizard.source();
  if (!source) return;
  int best = 0;
  std::uint64_t largest = 0;
  for (const Partition& part : source->partitions) {
    numbers_.push_back(part.number);
    partition_->Append(wxString::Format("%u  %s  %s  %s", part.number, shown(part.title()),
                                        shown(part.filesystem), shown(sizeText(part.size))));
    if (part.filesystem.empty() || part.size < largest) continue;
    largest = part.size;
    best = static_cast<int>(numbers_.size()) - 1;
  }
  if (!numbers_.empty()) partition_->SetSelection(best);
}

bool BrowsePage::asRoot() const {
  const auto& source = context_.wizard.source();
  const int chosen = partition_->GetSelection();
  if (!source || chosen < 0) return false;
  const std::string& filesystem = source->partitions[static_cast<std::size_t>(chosen)].filesystem;
  // Those two are read by the kernel.
  return source->kind == DiskKind::Disk || source->kind == DiskKind::Partition ||
         filesystem == "xfs" || filesystem == "btrfs";
}

std::string BrowsePage::wordFor(const std::string& path) const {
  const auto number = numbers_[static_cast<std::size_t>(partition_->GetSelection())];
  return context_.wizard.source()->path + ":" + std::to_string(number) + "/" + path;
}

std::shared_ptr<Running> BrowsePage::ask(std::vector<std::string> words,
                                         std::function<void(const JobState& state)> done) {
  const unsigned generation = generation_;
  auto holder = std::make_shared<std::weak_ptr<Running>>();
  auto running = context_.engine.ask(
      std::move(words), asRoot(),
      [this, holder, generation, done = std::move(done)](const JobState& state) {
        const std::shared_ptr<Running> now = holder->lock();
        if (!now) return;
        answerPassphrase(this, context_, *now);
        if (!isOver(state.status)) return;
        asking_.erase(now);
        if (generation == generation_) done(state);
      });
  *holder = running;
  asking_.insert(running);
  return running;
}

void BrowsePage::setStatus(const wxString& text) {
  status_->SetLabel(text);
  Layout();
}

void BrowsePage::openPartition() {
  ++generation_;
  tree_->DeleteAllItems();
  error_->clear();
  if (partition_->GetSelection() >= 0) list(wxDataViewItem(nullptr));
}

BrowsePage::Node* BrowsePage::nodeOf(const wxDataViewItem& item) const {
  if (!item.IsOk()) return nullptr;
  auto* data = dynamic_cast<NodeData*>(tree_->GetItemData(item));
  return data ? &data->node : nullptr;
}

wxDataViewItem BrowsePage::addNode(wxDataViewItem folder, const Node& node, const wxString& label) {
  if (!node.isFolder) return tree_->AppendItem(folder, label, -1, new NodeData(node));
  const wxDataViewItem item = tree_->AppendContainer(folder, label, -1, -1, new NodeData(node));
  tree_->AppendItem(item, _("Looking..."));  // so that it can be opened
  return item;
}

void BrowsePage::list(wxDataViewItem folder) {
  Node* node = nodeOf(folder);
  if (folder.IsOk() && (!node || node->isListed)) return;
  if (node) node->isListed = true;
  setStatus(_("Looking..."));
  ask({"ls", wordFor(node ? node->path : "")}, [this, folder](const JobState& state) {
    setStatus("");
    if (state.failure) {
      error_->showFailure(*state.failure);
      relayout();
    }
    addEntries(folder, state);
  });
}

void BrowsePage::addEntries(wxDataViewItem folder, const JobState& state) {
  if (folder.IsOk()) tree_->DeleteChildren(folder);
  std::vector<const nlohmann::json*> entries;
  for (const nlohmann::json& entry : state.found) {
    if (textOf(entry, "event") == "entry") entries.push_back(&entry);
  }
  // Folders first, each by name.
  std::ranges::sort(entries, [](const nlohmann::json* a, const nlohmann::json* b) {
    const bool isFolderA = textOf(*a, "type") == "folder";
    const bool isFolderB = textOf(*b, "type") == "folder";
    if (isFolderA != isFolderB) return isFolderA;
    return lowered(textOf(*a, "path")) < lowered(textOf(*b, "path"));
  });
  for (const nlohmann::json* entry : entries) {
    Node node;
    node.path = textOf(*entry, "path");
    while (node.path.starts_with('/')) node.path.erase(0, 1);
    node.size = numberOf(*entry, "size");
    node.isFolder = textOf(*entry, "type") == "folder";
    wxString label = shown(node.path.substr(node.path.rfind('/') + 1));
    if (textOf(*entry, "type") == "file") label += "   " + shown(sizeText(node.size));
    if (textOf(*entry, "type") == "link")
      label += wxString::FromUTF8("  \u2192  ") + shown(textOf(*entry, "link"));
    addNode(folder, node, label);
  }
}

void BrowsePage::search() {
  const std::string wanted = lowered(utf8(search_->GetValue()));
  if (wanted.empty()) {
    openPartition();
    return;
  }
  if (partition_->GetSelection() < 0) return;
  ++generation_;
  tree_->DeleteAllItems();
  setStatus(_("Searching..."));
  ask({"ls", "-R", wordFor("")}, [this, wanted](const JobState& state) {
    unsigned found = 0;
    for (const nlohmann::json& entry : state.found) {
      Node node;
      node.path = textOf(entry, "path");
      while (node.path.starts_with('/')) node.path.erase(0, 1);
      if (lowered(node.path.substr(node.path.rfind('/') + 1)).find(wanted) == std::string::npos)
        continue;
      if (++found > kMostFoundShown) break;
      node.size = numberOf(entry, "size");
      node.isFolder = textOf(entry, "type") == "folder";
      addNode(wxDataViewItem(nullptr), node, shown(node.path));
    }
    setStatus(found > kMostFoundShown
                  ? _("More than 2000 files have that in their name; these are the first.")
                  : wxString::Format(wxPLURAL("%u found", "%u found", found), found));
    if (!state.failure) return;
    error_->showFailure(*state.failure);
    relayout();
  });
}

void BrowsePage::preview() {
  previewing_.reset();
  text_->Clear();
  picture_->Hide();
  text_->Show();
  const Node* node = nodeOf(tree_->GetSelection());
  about_->SetLabel(node ? shown("/" + node->path) +
                              (node->isFolder ? wxString() : "   " + shown(sizeText(node->size)))
                        : wxString());
  if (!node || node->isFolder) return;
  if (node->size > kLargestPreview) {
    text_->SetValue(_("Too large to be shown here; take it out to look at it."));
    return;
  }
  const std::string folder = scratch_.folder();
  if (folder.empty()) return;
  previewing_ =
      ask({"extract", wordFor(node->path), "-o", folder}, [this, folder](const JobState& state) {
        if (state.failure) {
          text_->SetValue(shown(state.failure->text()));
        } else {
          showPreview(onlyFile(folder));
        }
      });
}

void BrowsePage::showPreview(const std::string& file) {
  if (file.empty()) return;
  wxLogNull quiet;  // what is no picture is no error
  wxFileInputStream in(shown(file));
  if (in.IsOk() && wxImage::CanRead(in)) {
    wxImage image(in);
    const wxSize room = text_->GetSize();
    if (image.IsOk() && image.GetWidth() < kLargestSide && image.GetHeight() < kLargestSide) {
      const double scale =
          std::min({1.0, double(room.x) / image.GetWidth(), double(room.y) / image.GetHeight()});
      image.Rescale(std::max(1, int(image.GetWidth() * scale)),
                    std::max(1, int(image.GetHeight() * scale)), wxIMAGE_QUALITY_BILINEAR);
      picture_->SetBitmap(wxBitmap(image));
      picture_->Show();
      text_->Hide();
      picture_->GetParent()->Layout();
      return;
    }
  }
  std::ifstream stream(file, std::ios::binary);
  std::string bytes(kPreviewText, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  const bool isCut = bytes.size() == kPreviewText;
  // A letter may be cut in two at the end.
  while (isCut && !bytes.empty() && !isText(bytes) && bytes.size() > kPreviewText - 4)
    bytes.pop_back();
  if (bytes.empty()) {
    text_->SetValue(_("The file is empty."));
  } else if (isText(bytes)) {
    text_->SetValue(shown(bytes) + (isCut ? "\n" + _("(and so on)") : wxString()));
  } else {
    text_->SetValue(_("It is neither a text nor a picture that can be shown here."));
  }
}

std::vector<std::string> BrowsePage::chosen() const {
  wxDataViewItemArray items;
  tree_->GetSelections(items);
  std::vector<std::string> out;
  for (const wxDataViewItem& item : items) {
    if (const Node* node = nodeOf(item)) out.push_back(wordFor(node->path));
  }
  return out;
}

void BrowsePage::extractTo() {
  std::vector<std::string> words = chosen();
  if (words.empty()) {
    setStatus(_("Choose files or folders first."));
    return;
  }
  wxDirDialog dialog(this, _("Where to?"), context_.settings.folder());
  if (dialog.ShowModal() != wxID_OK) return;
  context_.settings.setFolder(dialog.GetPath());
  words.insert(words.begin(), "extract");
  words.insert(words.end(), {"-o", utf8(dialog.GetPath())});
  setStatus(_("Taking them out..."));
  ask(words, [this](const JobState& state) {
    setStatus(
        state.failure
            ? wxString()
            : wxString::Format(_("%s files were taken out."),
                               shown(std::to_string(numberOf(state.result, "files_extracted")))));
    if (!state.failure) return;
    error_->showFailure(*state.failure);
    relayout();
  });
}

// A drag needs files that are there already.
void BrowsePage::dragOut(wxDataViewEvent& event) {
  const Node* node = nodeOf(event.GetItem());
  const std::string folder = scratch_.folder();
  if (!node || node->isFolder || node->size > kLargestDrag || folder.empty()) {
    event.Veto();
    setStatus(_("Files of up to 256 MiB can be dragged; for all else there is \"Extract to...\"."));
    return;
  }
  const wxBusyCursor busy;
  const auto running = ask({"extract", wordFor(node->path), "-o", folder}, [](const JobState&) {});
  for (int i = 0; i < 600 && !isOver(running->state().status); ++i) {
    running->job().poll();
    if (running->state().wantsPassphrase) answerPassphrase(this, context_, *running);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  const std::string file = onlyFile(folder);
  if (file.empty()) {
    event.Veto();
    return;
  }
  auto* data = new wxFileDataObject;
  data->AddFile(shown(file));
  event.SetDataObject(data);
  event.SetDragFlags(wxDrag_CopyOnly);
}

}  // namespace disktwin::gui
