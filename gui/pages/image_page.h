// Where an image is saved.
#pragma once

#include <wx/button.h>
#include <wx/checkbox.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include "gui/pages/page.h"
#include "gui/widgets/flow_text.h"

namespace disktwin::gui {

class ImagePage : public PageView {
 public:
  ImagePage(wxWindow* parent, Context& context);

  Page page() const override { return Page::Image; }
  wxString title() const override;
  void enter() override;
  bool store() override;
  wxString whyNotOn() const override;

 private:
  void chooseFile();
  void showRoom();

  wxTextCtrl* path_;
  wxButton* browse_;
  FlowText* room_;
  wxCheckBox* resume_;
};

}  // namespace disktwin::gui
