// A few choices with the right defaults; the rest behind "More".
#pragma once

#include <wx/button.h>
#include <wx/checkbox.h>
#include <wx/checklst.h>
#include <wx/choice.h>
#include <wx/filepicker.h>
#include <wx/gauge.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>
#include <wx/tglbtn.h>

#include "gui/pages/page.h"
#include "gui/widgets/flow_text.h"

namespace disktwin::gui {

class OptionsPage : public PageView {
 public:
  OptionsPage(wxWindow* parent, Context& context);

  Page page() const override { return Page::Options; }
  wxString title() const override;
  void begin() override;
  void enter() override;
  void leave() override;
  bool store() override;
  wxString whyNotOn() const override;

 private:
  void addCommon();
  void addImageChoices();
  void addMore();
  int besideMark() const;  // where the words of a checkbox begin
  wxTextCtrl* labelled(wxWindow* parent, wxSizer* sizer, const wxString& label,
                       const wxString& hint, std::vector<wxWindow*>* group = nullptr);
  void showPartitions();
  void showStrength();
  void showSecret();
  void lookAtParent();
  void showFor(Task task);
  std::string passphrase() const;
  std::set<std::uint32_t> chosenPartitions() const;  // empty: all

  wxCheckBox* verify_ = nullptr;
  FlowText* verifyNote_ = nullptr;

  wxStaticText* compressionLabel_ = nullptr;
  wxChoice* compression_ = nullptr;
  FlowText* compressionNote_ = nullptr;
  wxCheckBox* encrypt_ = nullptr;
  wxPanel* secret_ = nullptr;
  wxTextCtrl* first_ = nullptr;
  wxTextCtrl* second_ = nullptr;
  wxGauge* strength_ = nullptr;
  wxStaticText* strengthText_ = nullptr;
  FlowText* chainNote_ = nullptr;

  wxToggleButton* more_ = nullptr;
  wxPanel* morePane_ = nullptr;
  wxCheckBox* newIds_ = nullptr;
  FlowText* newIdsNote_ = nullptr;
  wxCheckBox* allSectors_ = nullptr;
  wxCheckBox* salvage_ = nullptr;
  wxCheckBox* pageFiles_ = nullptr;
  wxCheckBox* nice_ = nullptr;
  wxCheckBox* shutDown_ = nullptr;
  wxStaticText* partitionsLabel_ = nullptr;
  wxCheckListBox* partitions_ = nullptr;
  wxTextCtrl* split_ = nullptr;
  wxTextCtrl* comment_ = nullptr;
  wxTextCtrl* limit_ = nullptr;
  wxStaticText* parentLabel_ = nullptr;
  wxFilePickerCtrl* parent_ = nullptr;
  std::shared_ptr<Running> lookingAtParent_;
  std::string parentLookedAt_;
  bool isParentEncrypted_ = false;
  std::vector<wxWindow*> ofImages_;  // parts that only a capture has
};

}  // namespace disktwin::gui
