#include "gui/pages/target_page.h"

#include <wx/filedlg.h>
#include <wx/filename.h>

#include "gui/widgets/field.h"
#include "gui/widgets/size_text.h"
#include "gui/window/text.h"

namespace disktwin::gui {
namespace {

// As short as it can be without becoming another size.
std::string exactSize(std::uint64_t bytes) {
  for (const std::string& text : {shortSizeText(bytes), decimalSizeText(bytes)}) {
    if (sizeFrom(text) == bytes) return text;
  }
  return std::to_string(bytes);
}

}  // namespace

TargetPage::TargetPage(wxWindow* parent, Context& context)
    : PageView(parent, context),
      intro_(new FlowText(this, _("Choose the disk that gets the copy. What is on it now will be "
                                  "lost; before that, you will be asked."))),
      disks_(new DiskChooser(this, context, _("Target"))),
      sizeLabel_(new wxStaticText(this, wxID_ANY, _("&Size of the new file:"))),
      size_(newField(this, _("&Size of the new file:"))) {
  const int gap = FromDIP(8);
  auto* size = new wxBoxSizer(wxHORIZONTAL);
  size->Add(sizeLabel_, wxSizerFlags().CentreVertical().Border(wxRIGHT, gap));
  size->Add(size_, wxSizerFlags(1));
  column_->Add(intro_, wxSizerFlags().Expand().Border(wxBOTTOM, gap));
  column_->Add(disks_, wxSizerFlags(1).Expand());
  column_->Add(size, wxSizerFlags().Expand().Border(wxTOP, gap));
  disks_->onChosen = [this](const Disk& disk) {
    context_.wizard.setTarget(disk);
    showSize();
    changed();
  };
  disks_->onActivated = [this] {
    if (onNext) onNext();
  };
  disks_->onFile = [this] { chooseFile(); };
  disks_->onNews = [this] { showDisks(); };
  size_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) {
    isSizeTyped_ = true;
    changed();
  });
}

wxString TargetPage::title() const {
  return _("Which disk is overwritten?");
}

void TargetPage::begin() {
  disks_->clearFiles();
  isSizeTyped_ = false;
}

void TargetPage::leave() {
  looking_.reset();
}

void TargetPage::enter() {
  disks_->follow(true);
  showDisks();
  showSize();
}

wxString TargetPage::whyNotOn() const {
  const wxString why = PageView::whyNotOn();
  const auto& target = context_.wizard.target();
  if (!why.empty() || !target || !target->isNew) return why;
  const wxFileName name(shown(target->path));
  if (!context_.wizard.needsRoot() && !wxFileName::IsDirWritable(name.GetPath())) {
    return _("You may not write into that folder");
  }
  return sizeFrom(utf8(size_->GetValue())).value_or(0) != 0
             ? wxString()
             : _("Type a size, such as 64 GB or 60 GiB");
}

bool TargetPage::store() {
  const auto& target = context_.wizard.target();
  if (!target || !target->isNew) return true;
  Disk disk = *target;
  disk.size = sizeFrom(utf8(size_->GetValue())).value_or(0);
  if (Disk* file = disks_->file(disk.path)) *file = disk;
  context_.wizard.setTarget(disk);
  return true;
}

void TargetPage::choose(const std::string& path) {
  Disk disk;
  disk.kind = kindOf(path);
  disk.path = path;
  const wxFileName name(shown(path));
  disk.isNew = disk.kind == DiskKind::File && !name.FileExists();
  if (disk.isNew) {
    const auto& source = context_.wizard.source();
    disk.size = source ? source->size : 0;
  } else if (disk.kind == DiskKind::File) {
    disk.size = name.GetSize().GetValue();
  }
  disks_->addFile(disk);
  context_.wizard.setTarget(disk);
  if (!disk.isNew) look(path);
  showDisks();
  showSize();
}

// What stands in it now, so that its card shows what would be lost.
void TargetPage::look(const std::string& path) {
  const bool asRoot = kindOf(path) == DiskKind::Disk;
  looking_ = context_.engine.ask({"show", path}, asRoot, [this, path](const JobState& state) {
    const std::shared_ptr<Running> now = looking_;
    if (!now || &now->state() != &state) return;
    // An image is no target, whatever is in it.
    const bool isLocked = state.wantsPassphrase.has_value();
    if (!isOver(state.status) && !isLocked) return;
    looking_.reset();
    if (Disk* file = disks_->file(path)) {
      if (isLocked) file->kind = DiskKind::Image;
      if (!isLocked && state.disk) *file = *state.disk;
      if (!isLocked && state.failure) file->unreadable = state.failure->text();
      const auto& target = context_.wizard.target();
      if (target && target->path == path) context_.wizard.setTarget(*file);
    }
    showDisks();
  });
}

void TargetPage::chooseFile() {
  wxFileDialog dialog(this, _("Choose a file that gets the copy"), context_.settings.folder(),
                      "disk.img", _("All files (*)|*"), wxFD_SAVE);
  if (dialog.ShowModal() != wxID_OK) return;
  context_.settings.setFolder(wxFileName(dialog.GetPath()).GetPath());
  choose(utf8(dialog.GetPath()));
}

void TargetPage::showDisks() {
  Wizard& wizard = context_.wizard;
  if (const auto target = wizard.target()) wizard.setTarget(disks_->asItIsNow(*target));
  disks_->fill(
      {}, [&](const Disk& disk) { return wizard.whyNotTarget(disk); }, wizard.target());
  relayout();
  changed();
}

void TargetPage::showSize() {
  const auto& target = context_.wizard.target();
  const auto& source = context_.wizard.source();
  const bool isNew = target && target->isNew;
  if (isNew && !isSizeTyped_ && source && source->size != target->size) {
    Disk disk = *target;
    disk.size = source->size;
    context_.wizard.setTarget(disk);
  }
  if (isNew) size_->ChangeValue(shown(exactSize(target->size)));
  sizeLabel_->Show(isNew);
  size_->Show(isNew);
  relayout();
  changed();
}

}  // namespace disktwin::gui
