#include "gui/pages/image_page.h"

#include <wx/datetime.h>
#include <wx/filedlg.h>
#include <wx/filename.h>

#include "gui/widgets/field.h"
#include "gui/widgets/size_text.h"
#include "gui/window/text.h"

namespace disktwin::gui {

ImagePage::ImagePage(wxWindow* parent, Context& context)
    : PageView(parent, context),
      path_(newField(this, _("&Image:"))),
      browse_(new wxButton(this, wxID_ANY, _("&Choose..."))),
      room_(new FlowText(this, "")) {
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
    path = context_.settings.folder() + "/disk-" + wxDateTime::Now().FormatISODate() + ".img.zst";
  }
  path_->ChangeValue(path);
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
  }
  if (name.FileExists()) {
    text += "\n" + _("There is a file of that name; an image would be replaced by the new one.");
  }
  room_->setText(text);
  relayout();
}

wxString ImagePage::whyNotOn() const {
  const wxFileName name(path_->GetValue());
  if (path_->GetValue().empty() || name.GetFullName().empty()) {
    return _("Choose a name for the image");
  }
  wxFileName folder(name);
  folder.MakeAbsolute();
  return wxFileName::DirExists(folder.GetPath()) ? wxString() : _("There is no such folder");
}

void ImagePage::store() {
  wxFileName name(path_->GetValue());
  name.MakeAbsolute();
  context_.wizard.setImagePath(utf8(name.GetFullPath()));
}

}  // namespace disktwin::gui
