#include "gui/run/job.h"

namespace disktwin::gui {

bool Job::poll() {
  if (isEnded_) return false;
  const bool hasEnded = source_->hasEnded();
  const std::vector<std::string> lines = source_->read();
  for (const std::string& line : lines) state_.addLine(line);
  if (!hasEnded || !lines.empty()) return !lines.empty();
  isEnded_ = true;
  state_.end(source_->exitCode(), source_->said());
  return true;
}

void Job::givePassphrase(const std::string& passphrase) {
  source_->send({{"command", "passphrase"}, {"passphrase", passphrase}});
  state_.wantsPassphrase.reset();
}

}  // namespace disktwin::gui
