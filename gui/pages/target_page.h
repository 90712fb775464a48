// What is overwritten: a disk, an existing raw file, or a new one.
#pragma once

#include <wx/stattext.h>
#include <wx/textctrl.h>

#include "gui/pages/disk_chooser.h"
#include "gui/pages/page.h"
#include "gui/widgets/flow_text.h"

namespace disktwin::gui {

class TargetPage : public PageView {
 public:
  TargetPage(wxWindow* parent, Context& context);

  Page page() const override { return Page::Target; }
  wxString title() const override;
  void begin() override;
  void enter() override;
  void leave() override;
  bool store() override;
  wxString whyNotOn() const override;

  // A raw file, new or not.
  void choose(const std::string& path);

 private:
  void look(const std::string& path);
  void showDisks();
  void chooseFile();
  void showSize();

  FlowText* intro_;
  DiskChooser* disks_;
  wxStaticText* sizeLabel_;
  wxTextCtrl* size_;
  std::shared_ptr<Running> looking_;
  bool isSizeTyped_ = false;
};

}  // namespace disktwin::gui
