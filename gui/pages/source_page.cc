#include "gui/pages/source_page.h"

#include <wx/filedlg.h>
#include <wx/filename.h>

#include <algorithm>

#include "gui/widgets/accessible.h"
#include "gui/widgets/theme.h"
#include "gui/window/passphrase.h"
#include "gui/window/text.h"

namespace disktwin::gui {
namespace {

bool startsFromImage(Task task) {
  return task == Task::Restore || task == Task::LookInto;
}

wxString introOf(Task task) {
  switch (task) {
    case Task::Clone:
      return _("Choose the disk that is to be copied. It is only read, never written to.");
    case Task::MoveSystem:
      return _("Choose the disk that the system is on now. It is only read, never written to.");
    case Task::Save:
      return _("Choose the disk that is to be saved. It is only read, never written to.");
    case Task::Restore:
      return _("Choose the image that is to be written back.");
    case Task::LookInto:
      break;
  }
  return _("Choose an image or a disk. It is only read, never written to.");
}

bool needsRoot(const Disk& disk) {
  return disk.kind == DiskKind::Disk || disk.kind == DiskKind::Partition;
}

// A file that may be anything.
bool isUnknown(const Disk& disk) {
  return disk.kind == DiskKind::File && disk.table == "none" && disk.partitions.size() == 1 &&
         disk.partitions.front().filesystem.empty();
}

constexpr int kRestMilliseconds = 600;

}  // namespace

SourcePage::SourcePage(wxWindow* parent, Context& context)
    : PageView(parent, context),
      intro_(new FlowText(this, "")),
      disks_(new DiskChooser(this, context, _("Source"))),
      systemsLabel_(new wxStaticText(this, wxID_ANY, _("Which &system:"))),
      systems_(new wxChoice(this, wxID_ANY)),
      inUse_(new wxCheckBox(this, wxID_ANY, _("Read it although it is in &use"))),
      inUseNote_(new FlowText(this, "", FlowText::Style::Muted)) {
  const int gap = FromDIP(8);
  auto* systems = new wxBoxSizer(wxHORIZONTAL);
  systems->Add(systemsLabel_, wxSizerFlags().CentreVertical().Border(wxRIGHT, gap));
  systems->Add(systems_, wxSizerFlags(1));
  column_->Add(intro_, wxSizerFlags().Expand().Border(wxBOTTOM, gap));
  column_->Add(disks_, wxSizerFlags(1).Expand());
  column_->Add(systems, wxSizerFlags().Expand().Border(wxTOP, gap));
  column_->Add(inUse_, wxSizerFlags().Expand().Border(wxTOP, gap));
  column_->Add(inUseNote_, wxSizerFlags().Expand().Border(wxLEFT, FromDIP(24)));

  disks_->onChosen = [this](const Disk& disk) { select(disk); };
  disks_->onActivated = [this] {
    if (onNext) onNext();
  };
  disks_->onFile = [this] { chooseFile(); };
  disks_->onNews = [this] { showDisks(); };
  setAccessibleName(systems_, _("Which system"));
  systems_->SetMinSize(wxSize(-1, fieldHeight(this)));
  systems_->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) {
    const auto& source = context_.wizard.source();
    const auto index = static_cast<std::size_t>(systems_->GetSelection());
    if (source && index < source->systems.size()) {
      context_.wizard.setSystem(source->systems[index].number);
    }
    changed();
  });
  lookSoon_.SetOwner(this);
  Bind(
      wxEVT_TIMER,
      [this](wxTimerEvent&) {
        const auto& source = context_.wizard.source();
        if (source && needsLook(*source)) look(*source);
      },
      lookSoon_.GetId());
  inUse_->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) {
    context_.wizard.choices().forceMountedSource = inUse_->GetValue();
    changed();
  });
}

wxString SourcePage::title() const {
  return startsFromImage(context_.wizard.task()) ? _("Which image?") : _("Which disk is read?");
}

void SourcePage::begin() {
  disks_->clearFiles();
}

void SourcePage::leave() {
  looking_.reset();
  lookSoon_.Stop();
}

void SourcePage::enter() {
  const std::string& parent = context_.wizard.choices().parent;
  intro_->setText(
      parent.empty() || context_.wizard.task() != Task::Save
          ? introOf(context_.wizard.task())
          : wxString::Format(_("Choose the disk that %s is of: only what has changed since "
                               "is saved. It is only read, never written to."),
                             shown(parent)));
  const bool hasDisks = context_.wizard.task() != Task::Restore;
  disks_->setEmptyText(hasDisks
                           ? DiskList::noDisksText()
                           : _("No images are known here yet. Choose one with the button below."));
  disks_->follow(hasDisks);
  disks_->clearFailure();
  showDisks();
}

wxString SourcePage::whyNotOn() const {
  const wxString why = PageView::whyNotOn();
  return why.empty() && (looking_ || lookSoon_.IsRunning()) ? _("It is being looked at") : why;
}

void SourcePage::choose(const std::string& path) {
  Disk file;
  file.kind = kindOf(path);
  file.path = path;
  // Should it be refused, nothing else is chosen.
  context_.wizard.setSource(std::nullopt);
  showDisks();
  look(file);
}

void SourcePage::chooseFile() {
  wxFileDialog dialog(this, _("Choose a raw disk or an image"), context_.settings.folder(), "",
                      _("All files (*)|*|Images (*.zst)|*.zst"), wxFD_OPEN | wxFD_FILE_MUST_EXIST);
  if (dialog.ShowModal() != wxID_OK) return;
  context_.settings.setFolder(wxFileName(dialog.GetPath()).GetPath());
  choose(utf8(dialog.GetPath()));
}

std::vector<Disk> SourcePage::knownImages() const {
  std::vector<Disk> out;
  if (!startsFromImage(context_.wizard.task())) return out;
  for (const ImageEntry& image : context_.library.images()) {
    if (!imageExists(image.path)) continue;
    Disk disk;
    disk.kind = DiskKind::Image;
    disk.path = image.path;
    disk.model = image.source;
    disk.size = image.bytes;
    out.push_back(disk);
  }
  return out;
}

void SourcePage::showDisks() {
  Wizard& wizard = context_.wizard;
  // Disks come and go, and what they are used for changes.
  if (const auto source = wizard.source()) wizard.setSource(disks_->asItIsNow(*source));
  disks_->fill(
      knownImages(), [&](const Disk& disk) { return wizard.whyNotSource(disk); }, wizard.source());
  showExtras();
}

// Of a disk that may not be read, a list does not say the systems; of an image hardly anything.
bool SourcePage::needsLook(const Disk& disk) const {
  if (disk.kind != DiskKind::Disk) return disk.table.empty();
  return context_.wizard.task() == Task::MoveSystem && !disk.systemsSought;
}

void SourcePage::select(const Disk& disk) {
  context_.wizard.setSource(disk);
  disks_->clearFailure();
  looking_.reset();
  lookSoon_.Stop();
  showExtras();
  if (!needsLook(disk)) return;
  if (!needsRoot(disk)) return look(disk);
  // Somebody who goes through the list by keys is not asked for a password at each step.
  lookSoon_.StartOnce(kRestMilliseconds);
  changed();
}

void SourcePage::look(const Disk& disk) {
  disks_->clearFailure();
  lookingAt_ = disk.path;
  looking_ = context_.engine.ask({"show", disk.path}, needsRoot(disk),
                                 [this](const JobState& state) { heard(state); });
  disks_->say(wxString::Format(_("Looking at %s..."), shown(disk.path)));
  relayout();
  changed();
}

void SourcePage::heard(const JobState& state) {
  const std::shared_ptr<Running> now = looking_;
  if (!now || &now->state() != &state) return;
  answerPassphrase(this, context_, *now);
  if (!isOver(state.status) || looking_ != now) return;
  looking_.reset();
  if (state.failure) {
    context_.passphrases.erase(lookingAt_);
    if (state.status != JobStatus::Cancelled) disks_->showFailure(*state.failure);
  } else if (state.disk) {
    Disk found = *state.disk;
    if (found.path.empty()) found.path = lookingAt_;
    if (found.kind == DiskKind::Image) context_.library.meet(state);
    context_.disks.learn(found);
    const std::vector<Disk>& disks = context_.disks.disks();
    const bool isListed =
        std::ranges::find(disks, found.stableName(), &Disk::stableName) != disks.end();
    if (!isListed) disks_->addFile(found);
    context_.wizard.setSource(found);
    return showDisks();
  }
  showExtras();
}

void SourcePage::showExtras() {
  const auto& source = context_.wizard.source();
  const bool choosesSystem =
      context_.wizard.task() == Task::MoveSystem && source && source->systems.size() > 1;
  if (!looking_) {
    disks_->say(source && isUnknown(*source)
                    ? _("Nothing that is known was found in it. Is it really a disk?")
                    : wxString());
  }
  systemsLabel_->Show(choosesSystem);
  systems_->Show(choosesSystem);
  if (choosesSystem) {
    systems_->Clear();
    for (const System& system : source->systems) {
      systems_->Append(shown(system.name + ", " + system.where));
      if (system.number == context_.wizard.system()) {
        systems_->SetSelection(static_cast<int>(systems_->GetCount()) - 1);
      }
    }
  }
  wxString points;
  for (const std::string& point : context_.wizard.writtenAt()) {
    points += (points.empty() ? "" : ", ") + shown(point);
  }
  inUse_->Show(!points.empty());
  inUseNote_->Show(!points.empty());
  inUseNote_->setText(wxString::Format(
      _("It is mounted at %s. What changes meanwhile may be damaged in the copy."), points));
  inUse_->SetValue(context_.wizard.choices().forceMountedSource);
  relayout();
  changed();
}

}  // namespace disktwin::gui
