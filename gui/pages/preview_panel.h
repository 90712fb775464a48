// What is in the file that is chosen: the beginning of a text, or a picture.
#pragma once

#include <wx/panel.h>
#include <wx/statbmp.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>
#include <wx/timer.h>

#include <memory>
#include <optional>
#include <string>

#include "gui/pages/file_tree.h"
#include "gui/window/context.h"
#include "gui/window/scratch.h"

namespace disktwin::gui {

class PreviewPanel : public wxPanel {
 public:
  PreviewPanel(wxWindow* parent, Context& context);

  // Shows a file once the choice has rested for a moment. `word`: how the command line names it.
  void show(const FileNode& node, std::string word, bool asRoot);
  // Shows nothing, and keeps nothing of what was shown.
  void clear();

 private:
  void begin();
  void showFile(const std::string& file);
  void showPicture(const wxBitmap& bitmap, const wxSize& size);
  void showBeginning(const std::string& file);

  Context& context_;
  wxStaticText* about_;
  wxTextCtrl* text_;
  wxStaticBitmap* picture_;
  wxTimer rest_;
  std::string word_;
  bool asRoot_ = false;
  Scratch scratch_;
  std::shared_ptr<Running> running_;  // writes there
  unsigned token_ = 0;                // of what is shown; an answer for something else is none
  std::string folder_;                // that the file was put into
};

}  // namespace disktwin::gui
