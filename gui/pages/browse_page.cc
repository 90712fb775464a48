#include "gui/pages/browse_page.h"

#include <wx/dirdlg.h>
#include <wx/dnd.h>
#include <wx/splitter.h>
#include <wx/stattext.h>

#include <filesystem>
#include <utility>

#include "gui/widgets/accessible.h"
#include "gui/widgets/size_text.h"
#include "gui/widgets/words.h"
#include "gui/window/question.h"
#include "gui/window/text.h"

namespace disktwin::gui {
namespace {

constexpr std::uint64_t kLargestDrag = 256U << 20;
constexpr std::size_t kMostFoundShown = 2000;

// What `ls --name` takes for these letters, wherever they stand in a name.
std::string patternFor(const std::string& text) {
  std::string out = "*";
  for (const char letter : text) {
    if (std::string_view("*?[]\\").find(letter) != std::string_view::npos) out += '\\';
    out += letter;
  }
  return out + "*";
}

// Tells one source from another, and a file from what it was before.
std::string identityOf(const Disk& disk) {
  std::string out = disk.stableName() + "\n" + std::to_string(disk.size);
  for (const Partition& part : disk.partitions) {
    out += "\n" + std::to_string(part.number) + " " + std::to_string(part.offset) + " " +
           std::to_string(part.size) + " " + part.filesystem;
  }
  std::error_code failed;
  if (!std::filesystem::is_regular_file(disk.path, failed)) return out;
  const auto changed = std::filesystem::last_write_time(disk.path, failed);
  return out + "\n" + std::to_string(changed.time_since_epoch().count());
}

}  // namespace

BrowsePage::BrowsePage(wxWindow* parent, Context& context)
    : PageView(parent, context), drag_(this, context) {
  makeParts();
  bindParts();
}

// In the order in which Tab leads through them; a label comes before what its mnemonic means.
void BrowsePage::makeParts() {
  const int gap = FromDIP(8);
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  row->Add(new wxStaticText(this, wxID_ANY, _("&Partition:")),
           wxSizerFlags().CentreVertical().Border(wxRIGHT, gap));
  partition_ = new wxChoice(this, wxID_ANY);
  search_ = new wxSearchCtrl(this, wxID_ANY);
  search_->SetDescriptiveText(_("Search for a name"));
  search_->ShowCancelButton(true);
  row->Add(partition_, wxSizerFlags(1).CentreVertical());
  row->Add(search_, wxSizerFlags(1).CentreVertical().Border(wxLEFT, gap));

  auto* splitter =
      new wxSplitterWindow(this, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxSP_LIVE_UPDATE);
  tree_ = new FileTree(splitter);
  auto* right = new wxPanel(splitter);
  preview_ = new PreviewPanel(right, context_);
  extract_ = new wxButton(right, wxID_ANY, _("&Extract to..."));
  auto* column = new wxBoxSizer(wxVERTICAL);
  column->Add(preview_, wxSizerFlags(1).Expand());
  column->Add(extract_, wxSizerFlags().Border(wxTOP, gap));
  right->SetSizer(column);
  splitter->SetMinimumPaneSize(FromDIP(160));
  splitter->SetSashGravity(0.5);
  splitter->SplitVertically(tree_, right);
  splitter->SetMinSize(FromDIP(wxSize(300, 260)));

  row_ = new ExtractRow(this, context_);
  error_ = new ErrorPanel(this);
  column_->Add(row, wxSizerFlags().Expand());
  column_->Add(splitter, wxSizerFlags(1).Expand().Border(wxTOP, gap));
  column_->Add(row_, wxSizerFlags().Expand().Border(wxTOP, gap));
  column_->Add(error_, wxSizerFlags().Expand());
  setAccessibleName(partition_, _("Partition"));
  setAccessibleName(search_, _("Search for a name"));
}

void BrowsePage::bindParts() {
  partition_->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { openPartition(); });
  search_->Bind(wxEVT_SEARCH, [this](wxCommandEvent&) { search(); });
  search_->Bind(wxEVT_SEARCH_CANCEL, [this](wxCommandEvent&) { search_->Clear(); });
  // Enter in an empty field is no search.
  search_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) {
    if (isSearch_ && search_->GetValue().empty()) openPartition();
  });
  tree_->onWanted = [this](wxDataViewItem folder, const std::string& path) { list(folder, path); };
  tree_->Bind(wxEVT_DATAVIEW_SELECTION_CHANGED, [this](wxDataViewEvent&) { preview(); });
  tree_->Bind(wxEVT_DATAVIEW_ITEM_BEGIN_DRAG, [this](wxDataViewEvent& event) { dragOut(event); });
  tree_->EnableDragSource(wxDF_FILENAME);
  extract_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { extractTo(); });
  row_->onChanged = [this] {
    extract_->Enable(!row_->isAtWork());
    relayout();
  };
  row_->onFailure = [this](const Failure& failure) { showFailure(failure); };
}

wxString BrowsePage::title() const {
  const auto& source = context_.wizard.source();
  if (!source) return _("Look into an image");
  return wxString::Format(_("In %s"), shown(nameOf(source->path)));
}

void BrowsePage::enter() {
  const auto& source = context_.wizard.source();
  const std::string identity = source ? identityOf(*source) : std::string();
  if (!identity.empty() && identity == shown_) {
    preview();  // nothing of it was kept
    return;
  }
  drag_.clear();
  search_->ChangeValue("");
  showPartitions();
  openPartition();
  shown_ = identity;
}

void BrowsePage::leave() {
  preview_->clear();
  drag_.leave();
  if (asking_.empty()) return;
  // Half a tree is none.
  dropQuestions();
  shown_.clear();
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
    wxString text = partitionTitle(part);
    if (part.number != 0) text = wxString::Format("%u  ", part.number) + text;
    if (!part.filesystem.empty()) text += "  " + filesystemText(part.filesystem);
    partition_->Append(text + "  " + shown(sizeText(part.size)));
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
  return context_.wizard.source()->stableName() + ":" + std::to_string(number) + "/" + path;
}

std::vector<std::string> BrowsePage::wordsFor(const std::vector<FileNode>& nodes) const {
  std::vector<std::string> out;
  for (const FileNode& node : nodes) out.push_back(wordFor(node.path));
  return out;
}

void BrowsePage::ask(std::vector<std::string> words,
                     std::function<void(const JobState& state)> done) {
  auto running = std::make_shared<std::weak_ptr<Running>>();
  const auto asked = gui::ask(this, context_, std::move(words), asRoot(),
                              [this, running, done = std::move(done)](const JobState& state) {
                                asking_.erase(running->lock());
                                done(state);
                              });
  *running = asked;
  asking_.insert(asked);
}

void BrowsePage::dropQuestions() {
  asking_.clear();
  row_->say("");
}

void BrowsePage::showFailure(const Failure& failure) {
  error_->showFailure(failure);
  relayout();
}

void BrowsePage::clearTree() {
  dropQuestions();
  preview_->clear();
  tree_->clear();
  error_->clear();
  isSearch_ = false;
}

void BrowsePage::openPartition() {
  clearTree();
  if (partition_->GetSelection() >= 0) list(wxDataViewItem(nullptr), "");
}

void BrowsePage::list(wxDataViewItem folder, const std::string& path) {
  row_->say(_("Looking..."));
  ask({"ls", wordFor(path)}, [this, folder](const JobState& state) {
    if (asking_.empty()) row_->say("");
    if (!state.failure) {
      tree_->fill(folder, state);
      if (state.foundIsCut) {
        row_->say(_("There are more files than can be shown here. Search for a name."));
      }
      return;
    }
    showFailure(*state.failure);
    tree_->closeAgain(folder);
    if (!folder.IsOk()) shown_.clear();
  });
}

void BrowsePage::search() {
  const std::string wanted = utf8(search_->GetValue());
  if (wanted.empty() || partition_->GetSelection() < 0) return;
  clearTree();
  isSearch_ = true;
  row_->say(_("Searching..."));
  ask({"ls", "-R", "--name", patternFor(wanted), wordFor("")}, [this](const JobState& state) {
    const std::size_t found = tree_->fillFound(state, kMostFoundShown);
    const auto count = static_cast<unsigned>(found);
    row_->say(found > kMostFoundShown
                  ? _("More than 2000 files have that in their name; these are the first.")
                  : wxString::Format(wxPLURAL("%u found", "%u found", count), count));
    if (state.failure) showFailure(*state.failure);
  });
}

void BrowsePage::preview() {
  const std::optional<FileNode> node = tree_->chosenOne();
  if (node) {
    preview_->show(*node, wordFor(node->path), asRoot());
  } else {
    preview_->clear();
  }
}

void BrowsePage::extractTo() {
  const std::vector<FileNode> nodes = tree_->chosen();
  if (row_->isAtWork()) return;
  if (nodes.empty()) {
    row_->say(_("Choose files or folders first."));
    return;
  }
  wxDirDialog dialog(this, _("Where to?"), context_.settings.folder());
  if (dialog.ShowModal() != wxID_OK) return;
  context_.settings.setFolder(dialog.GetPath());
  error_->clear();
  std::vector<std::string> words = wordsFor(nodes);
  words.insert(words.end(), {"-o", utf8(dialog.GetPath())});
  row_->start(std::move(words), asRoot(), sizeOf(nodes));
}

void BrowsePage::dragOut(wxDataViewEvent& event) {
  const std::vector<FileNode> nodes = tree_->chosen();
  event.Veto();  // unless all goes well
  if (nodes.empty()) return;
  if (sizeOf(nodes).value_or(0) > kLargestDrag) {
    row_->say(_("Up to 256 MiB can be dragged; for all else there is \"Extract to...\"."));
    return;
  }
  error_->clear();
  switch (drag_.begin(wordsFor(nodes), asRoot())) {
    case DragFiles::Begun::NotYet:
      CallAfter([this] { finishDrag(); });
      return;
    case DragFiles::Begun::Failed:
      if (drag_.failure()) showFailure(*drag_.failure());
      return;
    case DragFiles::Begun::Ready:
      break;
  }
  auto* data = new wxFileDataObject;
  for (const std::string& path : drag_.paths()) data->AddFile(shown(path));
  event.SetDataObject(data);
  event.SetDragFlags(wxDrag_CopyOnly);
  event.Allow();
}

// The button has been let go of by now, most likely: the drag has to be begun once more.
void BrowsePage::finishDrag() {
  if (drag_.finish()) {
    row_->say(_("The files are ready: drag them once more."));
  } else if (drag_.failure()) {
    showFailure(*drag_.failure());
  }
}

}  // namespace disktwin::gui
