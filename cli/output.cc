#include "cli/output.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include "platform/pause.h"

namespace disktwin::cli {
namespace {

std::string asText(const nlohmann::json& event) {
  return event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool tellsOfProgress(const std::string& name) {
  return name == "progress" || name == "watch";
}

}  // namespace

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

// Before what it is about is said: nothing comes after the last event.
void Output::keep(const std::string& name, const std::string& line) {
  const std::optional<std::string> complaint = log_->keep(name, line);
  if (complaint) print(stream_, asText({{"event", "warning"}, {"text", *complaint}}));
}

void Output::event(const std::string& name, nlohmann::json fields) {
  if (!json()) return;
  if (!fields.is_object()) fields = nlohmann::json::object();
  fields["event"] = name;
  const std::lock_guard lock(mutex_);
  // Looked at under the lock, so that none comes between "paused" and "resumed".
  if (Pause::active() && tellsOfProgress(name)) return;
  if (ended_ && name != "failed") return;
  ended_ = ended_ || name == "done" || name == "failed";
  const std::string line = asText(fields);
  if (log_) keep(name, line);
  print(stream_, line);
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
