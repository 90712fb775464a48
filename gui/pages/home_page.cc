#include "gui/pages/home_page.h"

#include <wx/datetime.h>
#include <wx/filedlg.h>
#include <wx/filename.h>
#include <wx/menu.h>
#include <wx/msgdlg.h>
#include <wx/settings.h>
#include <wx/utils.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "gui/desktop/desktop.h"
#include "gui/widgets/accessible.h"
#include "gui/widgets/column_widths.h"
#include "gui/widgets/flow_text.h"
#include "gui/widgets/native_style.h"
#include "gui/widgets/size_text.h"
#include "gui/widgets/task_button.h"
#include "gui/widgets/theme.h"
#include "gui/widgets/words.h"
#include "gui/window/log_dialog.h"
#include "gui/window/text.h"

namespace disktwin::gui {
namespace {

constexpr int kRefreshMilliseconds = 1000;
// From there on there is room for a list beside the tasks, in quarters of a line's height.
constexpr int kWideQuarters = 200;

enum MenuId {
  kRestore = wxID_HIGHEST + 1,
  kLookInto,
  kVerify,
  kUpdate,
  kMerge,
  kBoot,
  kFollow,
  kLog,
  kFolder,
  kRemove
};

wxString nameText(const HomeRow& row) {
  if (row.verb.empty()) return shown(row.name);
  const wxString verb = verbText(row.verb);
  return row.name.empty() ? verb : verb + ": " + shown(row.name);
}

wxString localDate(const std::string& utc) {
  wxDateTime time;
  if (!time.ParseISOCombined(utc.substr(0, utc.find_first_of(".Z")))) return {};
  return time.FromUTC().FormatISODate();
}

wxString statusText(const HomeRow& row) {
  switch (row.status) {
    case RowStatus::Ready:
      return _("not verified yet");
    case RowStatus::Verified:
      return wxString::Format(_("verified on %s"), localDate(row.verified));
    case RowStatus::Damaged:
      return _("DAMAGED");
    case RowStatus::Missing:
      return _("file is missing");
    case RowStatus::Running:
      return wxString::Format(_("running, %d %%"), static_cast<int>(row.fraction * 100));
    case RowStatus::Paused:
      return wxString::Format(_("paused, %d %%"), static_cast<int>(row.fraction * 100));
    case RowStatus::Done:
      return _("done");
    case RowStatus::Losses:
      return _("done, with losses");
    case RowStatus::Failed:
      return _("failed");
    case RowStatus::Stopped:
      break;
  }
  return _("stopped");
}

}  // namespace

HomePage::HomePage(wxWindow* parent, Context& context)
    : wxScrolledWindow(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize,
                       wxVSCROLL | wxTAB_TRAVERSAL),
      context_(context),
      jobs_(jobFolders()),
      timer_(this) {
  styleNativeWidgets();
  halves_ = new wxBoxSizer(wxHORIZONTAL);
  images_ = makeList();
  tasks_ = makeTasks();
  SetScrollRate(0, FromDIP(10));
  SetSizer(halves_);
  Bind(wxEVT_TIMER, [this](wxTimerEvent&) { refresh(); });
  Bind(wxEVT_SIZE, [this](wxSizeEvent& event) {
    event.Skip();
    arrange();
  });
  arrange();
}

// The list beside the tasks where both can be read, and below them otherwise.
void HomePage::arrange() {
  // Not the room beside a bar for scrolling, which comes and goes with this.
  const bool isWide = GetSize().x >= textUnits(this, kWideQuarters);
  const bool wasWide = halves_->GetOrientation() == wxHORIZONTAL;
  if (halves_->IsEmpty() || isWide != wasWide) {
    const int gap = FromDIP(16);
    halves_->Detach(images_);
    halves_->Detach(tasks_);
    halves_->SetOrientation(isWide ? wxHORIZONTAL : wxVERTICAL);
    halves_->Add(tasks_, wxSizerFlags(isWide ? 3 : 0).Expand().Border(wxALL, gap));
    halves_->Insert(isWide ? 0 : 1, images_,
                    wxSizerFlags(isWide ? 4 : 1)
                        .Expand()
                        .Border(isWide ? wxALL & ~wxRIGHT : wxALL & ~wxTOP, gap));
    // By keys it goes as it is read.
    if (isWide) {
      list_->MoveBeforeInTabOrder(firstTask_);
    } else {
      list_->MoveAfterInTabOrder(lastTask_);
    }
    heading_->MoveBeforeInTabOrder(list_);  // its letter leads to what follows it
  }
  FitInside();
  Layout();
}

// A window that is not shown yet is of two pixels by one, and its first page with it: GTK complains
// of a bar for scrolling that does not fit in, and text would be wrapped letter by letter.
void HomePage::DoSetSize(int x, int y, int width, int height, int flags) {
  const int least = FromDIP(100);
  const auto enough = [least](int size) { return size < 0 ? size : std::max(size, least); };
  wxScrolledWindow::DoSetSize(x, y, enough(width), enough(height), flags);
}

wxSizer* HomePage::makeTasks() {
  auto* column = new wxBoxSizer(wxVERTICAL);
  const auto add = [&](Task task, TaskIcon icon, const wxString& title, const wxString& sentence) {
    auto* button = new TaskButton(this, icon, title, sentence);
    button->Bind(wxEVT_BUTTON, [this, task](wxCommandEvent&) {
      if (onTask) onTask(task);
    });
    column->Add(button, wxSizerFlags().Expand().Border(wxBOTTOM, FromDIP(4)));
    if (!firstTask_) firstTask_ = button;
    lastTask_ = button;
  };
  add(Task::Clone, TaskIcon::DiskToDisk, _("Clone a disk"),
      _("Everything on a disk to another one, larger or smaller."));
  add(Task::MoveSystem, TaskIcon::SystemToDisk, _("Move the system to another disk"),
      _("What it takes to start and run; your other data stays where it is."));
  add(Task::Save, TaskIcon::DiskToFile, _("Save to an image"),
      _("A whole disk in one compressed file, before something breaks."));
  add(Task::Restore, TaskIcon::FileToDisk, _("Restore an image"),
      _("A saved disk back onto a disk, of the same size or another."));
  add(Task::LookInto, TaskIcon::Look, _("Look into an image"),
      _("See the files in it, and take some of them out."));
  return column;
}

wxSizer* HomePage::makeList() {
  auto* column = new wxBoxSizer(wxVERTICAL);
  heading_ = new wxStaticText(this, wxID_ANY, _("&Images and jobs"));
  heading_->SetFont(fontFor(TextSize::Heading, true));
  list_ = new wxDataViewListCtrl(this, wxID_ANY, wxDefaultPosition, wxDefaultSize,
                                 wxDV_SINGLE | wxDV_ROW_LINES);
  // Status is the second: what changes is never out of sight, however narrow the list is.
  for (const wxString& title : {_("Name"), _("Status"), _("Of"), _("Date"), _("Size")}) {
    wxDataViewColumn* added = list_->AppendTextColumn(title, wxDATAVIEW_CELL_INERT);
    added->GetRenderer()->EnableEllipsize(wxELLIPSIZE_MIDDLE);
  }
  list_->SetMinSize({textUnits(this, 60), textUnits(this, 36)});
  empty_ = new FlowText(this, _("Images that you save, and jobs, will be listed here."),
                        FlowText::Style::Muted);
  setAccessibleName(list_, _("Images and jobs"));
  column->Add(heading_, wxSizerFlags().Border(wxBOTTOM, FromDIP(8)));
  column->Add(empty_, wxSizerFlags().Expand());
  column->Add(list_, wxSizerFlags(1).Expand());
  list_->Bind(wxEVT_SIZE, [this](wxSizeEvent& event) {
    event.Skip();
    arrangeColumns();
  });
  list_->Bind(wxEVT_DATAVIEW_ITEM_ACTIVATED, [this](wxDataViewEvent&) {
    if (const HomeRow* row = selected()) open(*row);
  });
  list_->Bind(wxEVT_DATAVIEW_ITEM_CONTEXT_MENU,
              [this](wxDataViewEvent&) { showMenu(wxDefaultPosition); });
  Bind(wxEVT_CHAR_HOOK, [this](wxKeyEvent& event) {
    const bool isMenuKey = event.GetKeyCode() == WXK_MENU ||
                           event.GetKeyCode() == WXK_WINDOWS_MENU ||
                           (event.GetKeyCode() == WXK_F10 && event.ShiftDown());
    const wxWindow* focus = wxWindow::FindFocus();
    const bool isInList = focus == list_ || list_->IsDescendant(const_cast<wxWindow*>(focus));
    if (isMenuKey && selected() && isInList) {
      showMenu(list_->GetPosition() + wxSize(FromDIP(40), FromDIP(60)));
    } else {
      event.Skip();
    }
  });
  return column;
}

void HomePage::enter() {
  refresh();
  timer_.Start(kRefreshMilliseconds);
}

void HomePage::leave() {
  timer_.Stop();
}

void HomePage::refresh() {
  const HomeRow* chosen = selected();
  const std::string before = chosen ? chosen->key() : "";
  std::vector<JobEntry> jobs = jobs_.look();
  context_.library.catchUp(jobs, imageExists);
  std::erase_if(jobs,
                [this](const JobEntry& job) { return context_.library.isHidden(job.events); });
  rows_ = homeRows(context_.library.images(), jobs, imageExists);
  fillList();
  arrangeColumns();
  // Rows come and go: the same one stays chosen, not the same place.
  const auto again = std::ranges::find(rows_, before, &HomeRow::key);
  if (before.empty() || again == rows_.end()) {
    list_->UnselectAll();
  } else if (const auto row = static_cast<int>(again - rows_.begin());
             row != list_->GetSelectedRow()) {
    list_->SelectRow(static_cast<unsigned>(row));
  }
  if (empty_->IsShown() == rows_.empty()) return;
  empty_->Show(rows_.empty());
  arrange();
}

// By what is in them. Names and disks can still be told when they are cut, the others cannot.
void HomePage::arrangeColumns() {
  constexpr unsigned kName = 0;
  constexpr unsigned kOf = 2;
  const wxFont font = list_->GetFont();
  const int space = FromDIP(14);
  std::vector<ColumnNeed> needs;
  for (unsigned column = 0; column < list_->GetColumnCount(); ++column) {
    int wanted = textWidth(list_, font.Bold(), list_->GetColumn(column)->GetTitle());
    for (unsigned row = 0; row < static_cast<unsigned>(list_->GetItemCount()); ++row) {
      wanted = std::max(wanted, textWidth(list_, font, list_->GetTextValue(row, column)));
    }
    wanted += space;
    const bool canBeCut = column == kName || column == kOf;
    needs.push_back({wanted, canBeCut ? std::min(wanted, 12 * GetCharWidth()) : wanted});
  }
  const int bar = wxSystemSettings::GetMetric(wxSYS_VSCROLL_X, list_);
  const std::vector<int> widths =
      columnWidths(needs, list_->GetSize().x - std::max(0, bar) - FromDIP(2));
  // Whoever has drawn a border of a column keeps it until there is another reason.
  if (widths == columnWidths_) return;
  columnWidths_ = widths;
  for (unsigned column = 0; column < widths.size(); ++column) {
    list_->GetColumn(column)->SetWidth(widths[column]);
  }
}

void HomePage::fillList() {
  const auto count = static_cast<unsigned>(list_->GetItemCount());
  for (unsigned i = 0; i < rows_.size(); ++i) {
    const HomeRow& row = rows_[i];
    const wxString cells[] = {nameText(row), statusText(row), shown(row.source),
                              localDate(row.date),
                              row.bytes != 0 ? shown(decimalSizeText(row.bytes)) : wxString()};
    if (i >= count) {
      wxVector<wxVariant> fresh;
      for (const wxString& cell : cells) fresh.push_back(cell);
      list_->AppendItem(fresh);
      continue;
    }
    bool isChanged = false;
    for (unsigned column = 0; column < std::size(cells); ++column) {
      if (list_->GetTextValue(i, column) == cells[column]) continue;
      list_->GetStore()->SetValueByRow(cells[column], i, column);
      isChanged = true;
    }
    // Of single values only the picture would change, not what a screen reader says.
    if (isChanged) list_->GetStore()->RowChanged(i);
  }
  while (static_cast<std::size_t>(list_->GetItemCount()) > rows_.size()) {
    list_->DeleteItem(static_cast<unsigned>(list_->GetItemCount()) - 1);
  }
}

const HomeRow* HomePage::selected() const {
  const int row = list_->GetSelectedRow();
  return row >= 0 && static_cast<std::size_t>(row) < rows_.size()
             ? &rows_[static_cast<std::size_t>(row)]
             : nullptr;
}

void HomePage::open(const HomeRow& row) {
  if (row.isRunning()) {
    if (onFollow) onFollow(row.events, row.control);
  } else if (!row.image.empty() && row.status != RowStatus::Missing) {
    if (onLookInto) onLookInto(row.image);
  } else if (!row.events.empty()) {
    showLog(row);
  }
}

void HomePage::showMenu(const wxPoint& where) {
  const HomeRow* chosen = selected();
  if (!chosen) return;
  const HomeRow row = *chosen;  // the list goes on changing
  wxMenu menu;
  if (row.isRunning()) menu.Append(kFollow, _("&Watch"));
  if (!row.image.empty()) {
    const bool isThere = row.status != RowStatus::Missing;
    menu.Append(kRestore, _("&Restore..."))->Enable(isThere);
    menu.Append(kLookInto, _("&Look into"))->Enable(isThere);
    menu.Append(kVerify, _("&Verify"))->Enable(isThere);
    menu.Append(kUpdate, _("&Update (save what has changed)..."))->Enable(isThere);
    const ImageEntry* entry = context_.library.find(row.image);
    if (entry && !entry->parentId.empty()) {
      menu.Append(kMerge, _("&Combine with what it builds on..."))->Enable(isThere);
    }
    menu.Append(kBoot, _("See whether it &starts"))->Enable(isThere);
    menu.AppendSeparator();
  }
  menu.Append(kLog, _("Show l&og"))
      ->Enable(!row.events.empty() && wxFileName::FileExists(shown(row.events)));
  if (!row.image.empty()) menu.Append(kFolder, _("Show in &folder"));
  if (!row.isRunning()) menu.Append(kRemove, _("Re&move..."));
  switch (GetPopupMenuSelectionFromUser(menu, where)) {
    case kFollow:
      if (onFollow) onFollow(row.events, row.control);
      break;
    case kRestore:
      if (onRestore) onRestore(row.image);
      break;
    case kLookInto:
      if (onLookInto) onLookInto(row.image);
      break;
    case kVerify:
      if (onStart) onStart({"verify", row.image});
      break;
    case kUpdate:
      if (onUpdate) onUpdate(row.image);
      break;
    case kMerge:
      merge(row);
      break;
    case kBoot:
      if (onStart) onStart({"boot", row.image});
      break;
    case kLog:
      showLog(row);
      break;
    case kFolder:
      showInFolder(row);
      break;
    case kRemove:
      remove(row);
      break;
    default:
      break;
  }
}

// Into a whole image, which needs no other.
void HomePage::merge(const HomeRow& row) {
  const wxFileName from(shown(row.image));
  wxFileDialog dialog(this, _("Save the image as"), from.GetPath(), "whole-" + from.GetFullName(),
                      _("Images (*.img.zst)|*.img.zst|All files (*)|*"), wxFD_SAVE);
  if (dialog.ShowModal() != wxID_OK) return;
  std::vector<std::string> words{"merge", "--verify", row.image, utf8(dialog.GetPath())};
  const ImageEntry* entry = context_.library.find(row.image);
  if (entry && entry->encrypted) words.push_back("--encrypt");
  if (onStart) onStart(words);
}

void HomePage::showInFolder(const HomeRow& row) {
  if (showInFileManager(row.image)) return;
  wxLaunchDefaultApplication(wxFileName(shown(row.image)).GetPath());
}

void HomePage::showLog(const HomeRow& row) {
  LogDialog(this, row.events).ShowModal();
}

void HomePage::remove(const HomeRow& row) {
  if (row.image.empty()) {
    removeJob(row);
  } else {
    removeImage(row);
  }
  refresh();
}

void HomePage::removeJob(const HomeRow& row) {
  if (wxMessageBox(_("Remove the record of this job? Nothing else is removed."), _("Remove"),
                   wxYES_NO | wxNO_DEFAULT | wxICON_QUESTION, this) != wxYES) {
    return;
  }
  std::error_code failed;
  std::filesystem::remove(row.events, failed);
  if (failed) context_.library.hide(row.events);
}

void HomePage::removeImage(const HomeRow& row) {
  wxString question =
      wxString::Format(_("Remove the image %s? It cannot be brought back."), shown(row.image));
  const ImageEntry* entry = context_.library.find(row.image);
  const auto dependents = context_.library.dependents(entry ? entry->id : "");
  if (!dependents.empty()) {
    question += "\n\n" + _("These images build on it, and can no longer be restored without it:");
    for (const ImageEntry* image : dependents) question += "\n" + shown(image->path);
  }
  if (row.status == RowStatus::Missing) {
    question = wxString::Format(_("Take %s off the list? The file is not there any more."),
                                shown(row.image));
  }
  wxMessageDialog dialog(this, question, _("Remove"), wxYES_NO | wxNO_DEFAULT | wxICON_WARNING);
  dialog.SetYesNoLabels(_("&Remove"), _("&Keep"));
  if (dialog.ShowModal() != wxID_YES) return;
  if (const std::string failure = removeFilesOf(row.image); !failure.empty()) {
    wxMessageBox(
        wxString::Format(_("%s could not be removed: %s"), shown(row.image), shown(failure)),
        _("Remove"), wxOK | wxICON_ERROR, this);
    return;
  }
  context_.library.forget(row.image);
}

}  // namespace disktwin::gui
