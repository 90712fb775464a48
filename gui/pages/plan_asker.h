// Asks the engine what a run would do, for the pages that show it.
#pragma once

#include <functional>
#include <memory>

#include "gui/window/context.h"

namespace disktwin::gui {

class PlanAsker {
 public:
  // `owner`: in front of which window to ask for a passphrase.
  PlanAsker(wxWindow* owner, Context& context) : owner_(owner), context_(context) {}

  // `done` gets how it ended; with success the wizard holds the plan by then. One that was asked
  // for before is dropped.
  void ask(std::function<void(const JobState& state)> done);
  void drop() { asking_.reset(); }
  bool isAsking() const { return asking_ != nullptr; }

 private:
  wxWindow* const owner_;
  Context& context_;
  std::shared_ptr<Running> asking_;
};

}  // namespace disktwin::gui
