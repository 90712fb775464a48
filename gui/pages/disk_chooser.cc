#include "gui/pages/disk_chooser.h"

#include <wx/intl.h>
#include <wx/sizer.h>

#include <algorithm>

#include "gui/window/text.h"

namespace disktwin::gui {

DiskChooser::DiskChooser(wxWindow* parent, Context& context, const wxString& name)
    : wxPanel(parent),
      context_(context),
      list_(new DiskList(this, name)),
      note_(new FlowText(this, "", FlowText::Style::Muted)),
      file_(new wxButton(this, wxID_ANY, _("A &file..."))),
      inside_(new wxButton(this, wxID_ANY, _("&Look inside the disks..."))),
      error_(new ErrorPanel(this)) {
  const int gap = FromDIP(8);
  auto* buttons = new wxBoxSizer(wxHORIZONTAL);
  buttons->Add(file_, wxSizerFlags().Border(wxRIGHT, gap));
  buttons->Add(inside_);
  auto* column = new wxBoxSizer(wxVERTICAL);
  column->Add(list_, wxSizerFlags(1).Expand());
  column->Add(note_, wxSizerFlags().Expand().Border(wxTOP, gap));
  column->Add(error_, wxSizerFlags().Expand().Border(wxTOP, gap));
  column->Add(buttons, wxSizerFlags().Border(wxTOP, gap));
  SetSizer(column);
  list_->SetMinSize(FromDIP(wxSize(300, 220)));

  list_->Bind(EVT_DISK_SELECTED, [this](wxCommandEvent&) {
    if (const Disk* disk = list_->selected()) onChosen(*disk);
  });
  list_->Bind(EVT_DISK_ACTIVATED, [this](wxCommandEvent&) { onActivated(); });
  file_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { onFile(); });
  inside_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
    context_.disks.lookInside();
    onNews();
  });
}

void DiskChooser::follow(bool hasDisks) {
  hasDisks_ = hasDisks;
  if (hasDisks) {
    context_.disks.watch([this] { onNews(); });
  } else {
    context_.disks.stop();
  }
}

void DiskChooser::setEmptyText(const wxString& text) {
  list_->setEmptyText(text);
}

void DiskChooser::addFile(const Disk& file) {
  std::erase_if(files_, [&](const Disk& known) { return known.path == file.path; });
  files_.insert(files_.begin(), file);
}

Disk* DiskChooser::file(const std::string& path) {
  const auto found = std::ranges::find(files_, path, &Disk::path);
  return found == files_.end() ? nullptr : &*found;
}

void DiskChooser::clearFiles() {
  files_.clear();
}

void DiskChooser::fill(const std::vector<Disk>& others, const WhyNot& whyNot,
                       const std::optional<Disk>& chosen) {
  std::vector<DiskList::Entry> entries;
  const auto add = [&](const Disk& disk) { entries.push_back({disk, shown(whyNot(disk))}); };
  for (const Disk& disk : files_) add(disk);
  for (const Disk& disk : others) {
    if (!file(disk.path)) add(disk);
  }
  if (hasDisks_) {
    for (const Disk& disk : context_.disks.disks()) add(disk);
  }
  list_->setDisks(entries);
  if (chosen) list_->select(chosen->stableName());
  inside_->Show(hasDisks_ && context_.disks.couldSeeMore());
  showNote();
  showProblem();
}

std::optional<Disk> DiskChooser::asItIsNow(const Disk& chosen) const {
  if (chosen.kind != DiskKind::Disk || context_.disks.isAsking()) return chosen;
  const std::vector<Disk>& disks = context_.disks.disks();
  const auto now = std::ranges::find(disks, chosen.stableName(), &Disk::stableName);
  if (now != disks.end()) return *now;
  const bool isNamed = std::ranges::find(files_, chosen.path, &Disk::path) != files_.end();
  return isNamed ? std::optional(chosen) : std::nullopt;
}

void DiskChooser::say(const wxString& text) {
  said_ = text;
  showNote();
}

void DiskChooser::showNote() {
  note_->setText(said_.empty() && hasDisks_ ? context_.disks.note() : said_);
  note_->Show(!note_->text().empty());
}

void DiskChooser::showFailure(const Failure& failure) {
  isFailureOfPage_ = true;
  error_->showFailure(failure);
}

void DiskChooser::clearFailure() {
  if (!isFailureOfPage_) return;
  isFailureOfPage_ = false;
  error_->clear();
  problem_.clear();
  showProblem();
}

void DiskChooser::showProblem() {
  if (isFailureOfPage_) return;
  const std::optional<Failure> now = hasDisks_ ? context_.disks.problem() : std::nullopt;
  const std::string text = now ? now->text() : std::string();
  if (text == problem_) return;  // it is said aloud, once
  problem_ = text;
  if (now) {
    error_->showFailure(*now);
  } else {
    error_->clear();
  }
}

}  // namespace disktwin::gui
