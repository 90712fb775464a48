#include "cli/job/control.h"

#include <chrono>
#include <utility>

#include "cli/job/command.h"
#include "image/format/seal.h"
#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/pause.h"

namespace disktwin::cli {
namespace {

constexpr std::chrono::milliseconds kTick{100};
// Somebody who writes other things to standard input does so without end.
constexpr unsigned kMostComplaints = 10;

constexpr const char* kNoCommand =
    "no command, expected {\"command\":...} with \"pause\", \"resume\", \"cancel\" or "
    "\"passphrase\"";

}  // namespace

Control::Control(Output& output) : output_(output) {
  server_.emplace([this](From from, std::string& line) { return hear(from, line); });
}

Control::~Control() {
  server_.reset();
  if (answer_) image::forget(*answer_);
}

void Control::start(CommandServer::Sources sources) {
  server_->start(std::move(sources));
}

// What was said is never repeated: it may be a passphrase.
std::optional<std::string> Control::hear(From from, std::string& line) {
  std::string why;
  try {
    carryOut(line);
  } catch (const Error& error) {
    why = error.detail();
  }
  image::forget(line);
  if (from == From::StandardInput) {
    return why.empty() ? std::optional<std::string>("") : complainOfInput(why);
  }
  nlohmann::json answer{{"ok", why.empty()}};
  if (!why.empty()) answer["why"] = why;
  return answer.dump();
}

std::optional<std::string> Control::complainOfInput(const std::string& why) {
  const bool isLast = ++complaints_ == kMostComplaints;
  output_.warn("standard input: " + why +
               (isLast ? "; nothing more is read from it." : "; the line was passed over."));
  return isLast ? std::nullopt : std::optional<std::string>("");
}

// Throws Error(Usage) when there is no sense in it.
void Control::carryOut(const std::string& line) {
  std::optional<Command> command = parseCommand(line);
  if (!command) throw Error(ErrorKind::Usage, "command", kNoCommand);
  switch (command->kind) {
    case Command::Kind::Pause:
      if (Pause::begin()) output_.event("paused", {});
      break;
    case Command::Kind::Resume:
      // In this order, so that no progress comes before it.
      if (Pause::active()) output_.event("resumed", {});
      Pause::end();
      break;
    case Command::Kind::Cancel:
      Cancellation::request();
      break;
    case Command::Kind::Passphrase:
      takePassphrase(command->passphrase);
      break;
  }
}

// One that comes before any is asked for is kept for the first question.
void Control::takePassphrase(std::string& secret) {
  const std::lock_guard lock(mutex_);
  const bool isWanted = isAsking_ ? !answer_ : !hasAsked_;
  if (isWanted) {
    if (answer_) image::forget(*answer_);
    answer_ = secret;
  }
  image::forget(secret);
  if (!isWanted) throw Error(ErrorKind::Usage, "command", "no passphrase is asked for now");
  answered_.notify_all();
}

std::optional<std::string> Control::passphrase(const std::string& image, bool isNew,
                                               unsigned attempt) {
  std::unique_lock lock(mutex_);
  if (!answer_ && server_->isAnybodyThere()) {
    isAsking_ = true;
    lock.unlock();
    output_.event("need-passphrase", {{"image", image}, {"new", isNew}, {"attempt", attempt}});
    lock.lock();
    while (!answer_ && server_->isAnybodyThere() && !Cancellation::requested()) {
      answered_.wait_for(lock, kTick);
    }
  }
  isAsking_ = false;
  hasAsked_ = true;
  std::optional<std::string> out = answer_;
  if (answer_) image::forget(*answer_);
  answer_.reset();
  lock.unlock();
  if (!Cancellation::requested()) return out;
  if (out) image::forget(*out);
  Cancellation::check();
  return std::nullopt;
}

}  // namespace disktwin::cli
