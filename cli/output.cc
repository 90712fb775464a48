#include "cli/output.h"

#include <cerrno>
#include <cstdio>
#include <utility>

namespace disktwin::cli {

void Output::print(std::FILE* stream, const std::string& text) {
  // A closed pipe must not stop a copy that is half done; there is nobody left to tell.
  const bool said = std::fputs((text + "\n").c_str(), stream) >= 0;
  if ((std::fflush(stream) != 0 || !said) && errno != EPIPE) undelivered_ = true;
}

void Output::requireDelivered() {
  const std::lock_guard lock(mutex_);
  if (!undelivered_) return;
  throw Error(ErrorKind::Failed, "standard output", "not all of the result could be written to it");
}

void Output::clearStatus() {
  if (!statusShown_) return;
  std::fputs("\r\033[K", stderr);
  statusShown_ = false;
}

void Output::event(const std::string& name, nlohmann::json fields) {
  if (!json()) return;
  if (!fields.is_object()) fields = nlohmann::json::object();
  fields["event"] = name;
  const std::lock_guard lock(mutex_);
  print(stream_, fields.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void Output::line(const std::string& text) {
  if (json() || quiet_) return;
  const std::lock_guard lock(mutex_);
  clearStatus();
  print(stream_, text);
}

void Output::warn(const std::string& text) {
  event("warning", {{"text", text}});
  if (json()) return;
  const std::lock_guard lock(mutex_);
  clearStatus();
  print(stderr, "warning: " + text);
}

void Output::setTarget(copy::TargetState state, std::string says) {
  const std::lock_guard lock(mutex_);
  target_ = state;
  targetSays_ = std::move(says);
}

void Output::fail(const Error& error) {
  nlohmann::json fields{{"exit_code", exitCode(error.kind())},
                        {"kind", errorName(error.kind())},
                        {"subject", error.subject()},
                        {"what", error.detail()},
                        {"hint", error.hint()}};
  if (error.where()) {
    fields["offset"] = error.where()->offset;
    fields["length"] = error.where()->length;
  }
  if (target_) {
    fields["target_state"] = copy::stateName(*target_);
    fields["target_says"] = targetSays_;
  }
  event("failed", std::move(fields));
  if (json()) return;
  const std::lock_guard lock(mutex_);
  clearStatus();
  print(stderr, error.what());
  if (!targetSays_.empty()) print(stderr, targetSays_);
}

void Output::status(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (text.empty()) {
    clearStatus();
    return;
  }
  std::fputs(("\r" + text + "\033[K").c_str(), stderr);
  std::fflush(stderr);
  statusShown_ = true;
}

}  // namespace disktwin::cli
