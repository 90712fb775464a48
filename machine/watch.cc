#include "machine/watch.h"

#include <fmt/format.h>

#include <algorithm>

#include "machine/screen.h"
#include "platform/printable.h"

namespace disktwin::machine {
namespace {

constexpr unsigned kMostResets = 3;  // a firmware or an update may have reasons for one or two
constexpr double kIdleShare = 0.25;
constexpr std::uint64_t kIdleOperations = 4;  // of the disk, between two samples
// Seconds; then the button is tried though it is busy, and a boot sector has had its time.
constexpr double kNoNews = 30;
constexpr std::uint64_t kBootSectorOnly =
    4;                               // operations of the disk: more than a BIOS needs for it
constexpr double kLastResort = 0.6;  // of the timeout

// Without what blinks.
std::string lasting(const Sample& sample) {
  std::string out = sample.screen + '\n' + sample.console;
  std::erase_if(out, [](char c) { return c == ' ' || c == '\n' || c == '_' || c == kUnknown; });
  return out;
}

std::string lastLine(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \n_\x1a");
  if (end == text.npos) return {};
  const std::size_t before = text.find_last_of('\n', end);
  const std::size_t from = before == text.npos ? 0 : before + 1;
  return printable(text.substr(from, std::min<std::size_t>(end + 1 - from, 100)));
}

}  // namespace

const char* nameOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::CameUp:
      return "came-up";
    case Outcome::DidNotComeUp:
      return "did-not-come-up";
    case Outcome::CannotTell:
      break;
  }
  return "cannot-tell";
}

void Watch::follow(const Sample& sample) {
  std::string text = lasting(sample);
  const std::uint64_t operations = sample.diskOperations - last_.diskOperations;
  if (text != lastText_ || operations > 0 || sample.resets != last_.resets) {
    changed_ = sample.seconds;
  }
  if (sample.processorShare > kIdleShare || operations > kIdleOperations) busy_ = sample.seconds;
  lastText_ = std::move(text);
  last_ = sample;
}

std::optional<Finding> Watch::seen() const {
  std::optional<Finding> screen = findSign(last_.screen);
  if (screen && screen->sign == Sign::Up) return screen;
  std::optional<Finding> console = findSign(last_.console);
  return console ? console : screen;
}

std::optional<Verdict> Watch::fromFinding(const Finding& finding) const {
  if (!finding.atOnce && last_.seconds - changed_ < pace_.still) return std::nullopt;
  switch (finding.sign) {
    case Sign::Up:
      return Verdict{Outcome::CameUp, finding.what};
    case Sign::Down:
      return Verdict{Outcome::DidNotComeUp, finding.what};
    case Sign::Asks:
      break;
  }
  return Verdict{Outcome::CannotTell, finding.what};
}

std::optional<Verdict> Watch::look(const Sample& sample) {
  follow(sample);
  if (sample.switchedOff) {
    if (pressed_) return Verdict{Outcome::CameUp, "it shut down when its power button was pressed"};
    return Verdict{Outcome::DidNotComeUp, "it switched itself off without being asked to"};
  }
  if (sample.resets > kMostResets) {
    return Verdict{Outcome::DidNotComeUp,
                   fmt::format("it starts over and over again: {} resets", sample.resets)};
  }
  if (const auto finding = seen()) {
    if (auto verdict = fromFinding(*finding)) return verdict;
  }
  if (sample.diskOperations > 0 && sample.diskOperations <= kBootSectorOnly &&
      sample.seconds - changed_ >= kNoNews) {
    return Verdict{Outcome::DidNotComeUp,
                   fmt::format("nothing but the boot sector was read, and nothing has happened for "
                               "{:.0f} s since",
                               sample.seconds - changed_)};
  }
  if (sample.seconds < pace_.timeout) return std::nullopt;
  std::string line = lastLine(sample.screen);
  if (line.empty()) line = lastLine(sample.console);
  return Verdict{
      Outcome::CannotTell,
      fmt::format("after {:.0f} s there was no login prompt, {}, and no message of a "
                  "failure that is known; {}",
                  sample.seconds,
                  pressed_ ? "no answer to its power button" : "its power button was not pressed",
                  line.empty() ? "it showed no text" : "the last line was: " + line)};
}

bool Watch::wantsButton() {
  const double now = last_.seconds;
  if (seen() || (pressed_ && now - *pressed_ < pace_.betweenPresses)) return false;
  // Before anything has been read, there is nobody who could hear it.
  if (last_.diskOperations == 0) return false;
  const bool idle = now - busy_ >= pace_.idle;
  if (!idle && now - changed_ < kNoNews && now < kLastResort * pace_.timeout) return false;
  pressed_ = now;
  return true;
}

}  // namespace disktwin::machine
