// What is read: a disk, a raw file, or an image.
#pragma once

#include <wx/checkbox.h>
#include <wx/choice.h>
#include <wx/stattext.h>
#include <wx/timer.h>

#include "gui/pages/disk_chooser.h"
#include "gui/pages/page.h"
#include "gui/widgets/flow_text.h"

namespace disktwin::gui {

class SourcePage : public PageView {
 public:
  SourcePage(wxWindow* parent, Context& context);

  Page page() const override { return Page::Source; }
  wxString title() const override;
  void begin() override;
  void enter() override;
  void leave() override;
  wxString whyNotOn() const override;

  // A file or image that is chosen from elsewhere.
  void choose(const std::string& path);

 private:
  void showDisks();
  std::vector<Disk> knownImages() const;
  bool needsLook(const Disk& disk) const;
  void chooseFile();
  void select(const Disk& disk);
  // What the list does not say: the systems on it, what an image holds.
  void look(const Disk& disk);
  void heard(const JobState& state);
  void showExtras();

  FlowText* intro_;
  DiskChooser* disks_;
  wxStaticText* systemsLabel_;
  wxChoice* systems_;
  wxCheckBox* inUse_;
  FlowText* inUseNote_;
  std::string lookingAt_;
  std::shared_ptr<Running> looking_;
  wxTimer lookSoon_;
};

}  // namespace disktwin::gui
