#include "gui/pages/image_page.h"

#include <wx/datetime.h>
#include <wx/filedlg.h>
#include <wx/filename.h>

#include "gui/run/library.h"
#include "gui/widgets/field.h"
#include "gui/widgets/size_text.h"
#include "gui/window/text.h"
#include "gui/wizard/image_size.h"

namespace disktwin::gui {
namespace {

bool hasPartial(const wxString& path) {
  return wxFileName::FileExists(path + ".partial") || wxFileName::FileExists(path + ".001.partial");
}

// A name that nothing has yet.
wxString freshName(const wxString& folder) {
  const wxString stem = folder + "/disk-" + wxDateTime::Now().FormatISODate();
  wxString path = stem + ".img.zst";
  for (int more = 2; imageExists(utf8(path)) || hasPartial(path); ++more) {
    path = wxString::Format("%s-%d.img.zst", stem, more);
  }
  return path;
}

}  // namespace

ImagePage::ImagePage(wxWindow* parent, Context& context)
    : PageView(parent, context),
      path_(newField(this, _("&Image:"))),
      browse_(new wxButton(this, wxID_ANY, _("&Choose..."))),
      room_(new FlowText(this, "")),
      resume_(new wxCheckBox(this, wxID_ANY, _("&Go on with it"))) {
  const int gap = FromDIP(8);
  column_->Add(
      new FlowText(this, _("An image is one file that holds the whole disk, compressed. Save "
                           "it on another disk than the one that is read.")),
      wxSizerFlags().Expand().Border(wxBOTTOM, gap));
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  auto* label = new wxStaticText(this, wxID_ANY, _("&Image:"));
  row->Add(label, wxSizerFlags().CentreVertical().Border(wxRIGHT, gap));
  row->Add(path_, wxSizerFlags(1).CentreVertical());
  row->Add(browse_, wxSizerFlags().Border(wxLEFT, gap));
  label->MoveBeforeInTabOrder(path_);
  column_->Add(row, wxSizerFlags().Expand());
  column_->Add(room_, wxSizerFlags().Expand().Border(wxTOP, gap));
  column_->Add(resume_, wxSizerFlags().Border(wxTOP, gap));
  resume_->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) { changed(); });
  browse_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { chooseFile(); });
  path_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) {
    showRoom();
    changed();
  });
}

wxString ImagePage::title() const {
  return _("Where is it saved?");
}

void ImagePage::enter() {
  wxString path = shown(context_.wizard.imagePath());
  if (path.empty()) {
    path = freshName(context_.settings.folder());
  }
  path_->ChangeValue(path);
  resume_->SetValue(context_.wizard.choices().resume);
  showRoom();
  changed();
}

void ImagePage::chooseFile() {
  const wxFileName now(path_->GetValue());
  wxFileDialog dialog(this, _("Save the image as"), now.GetPath(), now.GetFullName(),
                      _("Images (*.img.zst)|*.img.zst|All files (*)|*"), wxFD_SAVE);
  if (dialog.ShowModal() != wxID_OK) return;
  context_.settings.setFolder(wxFileName(dialog.GetPath()).GetPath());
  path_->SetValue(dialog.GetPath());
}

void ImagePage::showRoom() {
  wxFileName name(path_->GetValue());
  name.MakeAbsolute();
  wxString text;
  wxLongLong free;
  if (!wxFileName::DirExists(name.GetPath())) {
    text = _("There is no such folder.");
  } else if (wxGetDiskSpace(name.GetPath(), nullptr, &free)) {
    text = wxString::Format(_("%s are free there."),
                            shown(sizeText(static_cast<std::uint64_t>(free.GetValue()))));
    if (const auto& source = context_.wizard.source()) {
      const Choices& choices = context_.wizard.choices();
      const std::uint64_t most = mostForImage(*source, choices.partitions, choices.allSectors);
      text += ' ' + wxString::Format(_("Up to %s are needed, less as far as it can be compressed."),
                                     shown(sizeText(most)));
    }
  }
  const wxString path = name.GetFullPath();
  const bool isPartial = !imageExists(utf8(path)) && hasPartial(path);
  if (isPartial) {
    text +=
        "\n" + _("An unfinished image of that name is there, of a run that was stopped. To go on "
                 "with it, take the same disk and the same options.");
  }
  resume_->Show(isPartial);
  room_->setText(text);
  relayout();
}

wxString ImagePage::whyNotOn() const {
  wxFileName name(path_->GetValue());
  if (path_->GetValue().empty() || name.GetFullName().empty()) {
    return _("Choose a name for the image");
  }
  name.MakeAbsolute();
  if (!wxFileName::DirExists(name.GetPath())) return _("There is no such folder");
  if (wxFileName::DirExists(name.GetFullPath())) return _("That is a folder; choose a name in it");
  if (!context_.wizard.needsRoot() && !wxFileName::IsDirWritable(name.GetPath())) {
    return _("You may not write into that folder");
  }
  if (imageExists(utf8(name.GetFullPath()))) {
    return _("There is a file of that name already; choose another name");
  }
  if (resume_->IsShown() && !resume_->GetValue()) {
    return _("Go on with the unfinished image, or choose another name");
  }
  return {};
}

bool ImagePage::store() {
  wxFileName name(path_->GetValue());
  name.MakeAbsolute();
  context_.wizard.setImagePath(utf8(name.GetFullPath()));
  context_.wizard.choices().resume = resume_->IsShown() && resume_->GetValue();
  return true;
}

}  // namespace disktwin::gui
