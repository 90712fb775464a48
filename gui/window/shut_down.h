// Shuts the machine down when a job is done: after a minute in which that can be stopped, and only
// when it ended well and no other job runs.
#pragma once

#include <wx/timer.h>

#include <memory>

#include "gui/window/engine.h"

namespace disktwin::gui {

class ShutDown : public wxEvtHandler {
 public:
  ShutDown();

  // Follows the job on its own: whichever page is shown, it ends when it ends. Another one takes
  // its place.
  void after(std::shared_ptr<Running> job);
  // Whether it waits for one.
  bool isWaiting() const { return job_ != nullptr; }

 private:
  void look();

  std::shared_ptr<Running> job_;
  wxTimer timer_;
};

}  // namespace disktwin::gui
