#include "gui/pages/preview_panel.h"

#include <wx/sizer.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "gui/widgets/accessible.h"
#include "gui/widgets/picture.h"
#include "gui/widgets/size_text.h"
#include "gui/window/question.h"
#include "gui/window/text.h"

namespace disktwin::gui {
namespace {

namespace stdfs = std::filesystem;

constexpr std::uint64_t kLargestPreview = 32U << 20;
constexpr std::size_t kPreviewText = 64U << 10;
// Who goes through a list by the arrow keys does not want to see each file.
constexpr int kRestMilliseconds = 150;

bool isText(const std::string& bytes) {
  return bytes.find('\0') == bytes.npos && !wxString::FromUTF8(bytes.c_str(), bytes.size()).empty();
}

// The file that was put into a folder; empty when it was none.
std::string fileIn(const std::string& folder) {
  std::error_code failed;
  for (const auto& entry : stdfs::directory_iterator(folder, failed)) {
    if (!entry.is_symlink(failed) && entry.is_regular_file(failed)) return entry.path().string();
  }
  return {};
}

}  // namespace

PreviewPanel::PreviewPanel(wxWindow* parent, Context& context)
    : wxPanel(parent),
      context_(context),
      about_(new wxStaticText(this, wxID_ANY, "")),
      text_(new wxTextCtrl(this, wxID_ANY, "", wxDefaultPosition, wxDefaultSize,
                           wxTE_MULTILINE | wxTE_READONLY)),
      picture_(new wxStaticBitmap(this, wxID_ANY, wxNullBitmap)) {
  text_->SetFont(wxFont(wxFontInfo(GetFont().GetPointSize()).Family(wxFONTFAMILY_TELETYPE)));
  setAccessibleName(text_, _("Preview"));
  auto* column = new wxBoxSizer(wxVERTICAL);
  column->Add(about_, wxSizerFlags().Expand().Border(wxALL, FromDIP(4)));
  column->Add(text_, wxSizerFlags(1).Expand());
  column->Add(picture_, wxSizerFlags(1).Expand());
  SetSizer(column);
  picture_->Hide();
  rest_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { begin(); });
}

void PreviewPanel::clear() {
  ++token_;
  rest_.Stop();
  running_.reset();
  if (!folder_.empty()) scratch_.remove(std::exchange(folder_, {}));
  about_->SetLabelText("");
  text_->Clear();
  picture_->SetBitmap(wxNullBitmap);
  picture_->Hide();
  text_->Show();
  Layout();
}

void PreviewPanel::show(const FileNode& node, std::string word, bool asRoot) {
  clear();
  const wxString path = shown("/" + node.label);
  about_->SetLabelText(node.isFile ? path + "   " + shown(sizeText(node.size)) : path);
  // Of anything else the size is not known, or there is nothing to see.
  if (!node.isFile) return;
  if (node.size > kLargestPreview) {
    text_->SetValue(_("Too large to be shown here; take it out to look at it."));
    return;
  }
  word_ = std::move(word);
  asRoot_ = asRoot;
  rest_.StartOnce(kRestMilliseconds);
}

void PreviewPanel::begin() {
  folder_ = scratch_.folder();
  if (folder_.empty()) return;
  running_ = ask(this, context_, {"extract", word_, "-o", folder_, "--no-record"}, asRoot_,
                 [this, token = token_](const JobState& state) {
                   if (token != token_) return;
                   if (state.failure) {
                     text_->SetValue(shown(state.failure->text()));
                   } else {
                     showFile(fileIn(folder_));
                   }
                 });
}

void PreviewPanel::showFile(const std::string& file) {
  if (file.empty()) return;
  const std::optional<Picture> picture = readPicture(file, text_->GetSize());
  if (!picture) {
    showBeginning(file);
  } else if (picture->isTooLarge) {
    text_->SetValue(wxString::Format(_("The picture, %d x %d, is too large to be shown here."),
                                     picture->size.x, picture->size.y));
  } else {
    showPicture(picture->bitmap, picture->size);
  }
}

void PreviewPanel::showPicture(const wxBitmap& bitmap, const wxSize& size) {
  picture_->SetBitmap(bitmap);
  setAccessibleName(picture_, wxString::Format(_("Picture, %d x %d"), size.x, size.y));
  picture_->Show();
  text_->Hide();
  Layout();
}

void PreviewPanel::showBeginning(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string bytes(kPreviewText, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  const bool isCut = stream && stream.peek() != std::ifstream::traits_type::eof();
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

}  // namespace disktwin::gui
