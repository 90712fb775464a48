// The disks of this machine, kept up to date while somebody looks at them.
#pragma once

#include <wx/timer.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gui/window/engine.h"

namespace disktwin::gui {

class DiskWatch : public wxEvtHandler {
 public:
  explicit DiskWatch(Engine& engine);

  // The disks known now; asks for them in the background, and goes on looking whether disks or
  // mounts come and go, until stop(). `changed` is called when there is something new.
  void watch(std::function<void()> changed);
  void stop();
  // Asks again with the rights to look into disks; stays without them when they are refused.
  // While it is being asked, right after that.
  void lookInside();
  // What a closer look at one of them has told of it.
  void learn(const Disk& seen);

  const std::vector<Disk>& disks() const { return disks_; }
  bool isAsking() const { return asking_ != nullptr; }
  // Some of them could not be looked into for want of rights.
  bool couldSeeMore() const;
  // What is to be said of them; may be empty.
  wxString note() const;
  // Why they could not be listed, the last time.
  const std::optional<Failure>& problem() const { return problem_; }

 private:
  void ask(bool asRoot);
  void take(std::vector<Disk> fresh, bool asRoot);
  std::string signature() const;

  Engine& engine_;
  std::function<void()> changed_;
  std::vector<Disk> disks_;
  std::optional<Failure> problem_;
  std::string seen_;
  std::shared_ptr<Running> asking_;
  bool lookInsideNext_ = false;
  wxTimer timer_;
};

}  // namespace disktwin::gui
