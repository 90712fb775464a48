// Disks and files to choose one of, and the ways to more of them: what the pages of the source and
// of the target have in common.
#pragma once

#include <wx/button.h>
#include <wx/panel.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gui/widgets/disk_list.h"
#include "gui/widgets/error_panel.h"
#include "gui/widgets/flow_text.h"
#include "gui/window/context.h"

namespace disktwin::gui {

class DiskChooser : public wxPanel {
 public:
  using WhyNot = std::function<std::string(const Disk&)>;

  // `name` is for screen readers.
  DiskChooser(wxWindow* parent, Context& context, const wxString& name);

  std::function<void(const Disk&)> onChosen;  // by mouse or keys
  std::function<void()> onActivated;          // the chosen one, to go on with it
  std::function<void()> onFile;               // somebody wants another file
  std::function<void()> onNews;               // disks came, went or changed: to be filled again

  // Whether the disks of this machine are among them; they are then followed as they come and go.
  void follow(bool hasDisks);
  void setEmptyText(const wxString& text);

  // Files that were named; first in the list, the newest in front.
  void addFile(const Disk& file);  // instead of one of the same path
  Disk* file(const std::string& path);
  void clearFiles();

  // With the files, `others` that are none of these, and the disks.
  void fill(const std::vector<Disk>& others, const WhyNot& whyNot,
            const std::optional<Disk>& chosen);
  // What is known now of what was chosen before; nullopt when it is gone. Files stay as they are.
  std::optional<Disk> asItIsNow(const Disk& chosen) const;

  // Instead of what is to be said of the disks; empty: that again.
  void say(const wxString& text);
  void showFailure(const Failure& failure);
  void clearFailure();

 private:
  void showNote();
  void showProblem();

  Context& context_;
  DiskList* list_;
  FlowText* note_;
  wxButton* file_;
  wxButton* inside_;
  ErrorPanel* error_;
  std::vector<Disk> files_;
  bool hasDisks_ = false;
  wxString said_;
  bool isFailureOfPage_ = false;
  std::string problem_;  // of the list of disks, as it is shown
};

}  // namespace disktwin::gui
