#include "cli/progress_printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>

#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/fork_gate.h"
#include "platform/size_text.h"
#include "platform/terminal.h"

namespace disktwin::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 100ms;
constexpr auto kEventEvery = 500ms;
constexpr auto kLogLineEvery = 10s;
constexpr auto kPatienceAfterStop = 700ms;

std::string inWords(copy::Phase phase) {
  switch (phase) {
    case copy::Phase::Plan:
      return "Planning";
    case copy::Phase::Wipe:
      return "Wiping old marks";
    case copy::Phase::Resize:
      return "Resizing in the copy";
    case copy::Phase::Copy:
      return "Copying";
    case copy::Phase::Flush:
      return "Waiting for the target";
    case copy::Phase::Table:
      return "Writing the table";
    case copy::Phase::Verify:
      return "Verifying";
    case copy::Phase::Compare:
      return "Comparing";
  }
  return "Working";
}

std::string duration(double seconds) {
  const auto whole = static_cast<long>(std::min(seconds, 3.6e8));
  if (whole >= 3600)
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::optional<double> secondsLeft(std::uint64_t done, std::uint64_t total, double rate) {
  if (done == 0 || rate <= 0 || total < done) return std::nullopt;
  return static_cast<double>(total - done) / rate;
}

}  // namespace

std::function<void(copy::Phase, std::uint64_t)> phaseEvents(Output& output) {
  return [&output](copy::Phase phase, std::uint64_t total) {
    output.event("phase", {{"phase", copy::phaseName(phase)}, {"bytes_total", total}});
  };
}

std::function<void()> stopAtOnce(Output& output) {
  return [&output] {
    output.fail(Error(ErrorKind::Cancelled, "disktwin", "stopped on request"));
    std::_Exit(exitCode(ErrorKind::Cancelled));
  };
}

ProgressPrinter::ProgressPrinter(const copy::Progress& progress, Output& output,
                                 std::function<void()> onStuck)
    : progress_(progress),
      output_(output),
      onStuck_(std::move(onStuck)),
      bar_(isTerminalErr()),
      thread_([this] { loop(); }) {}

ProgressPrinter::~ProgressPrinter() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  thread_.join();
  if (bar_ && !output_.json() && !output_.quiet()) output_.status("");
}

void ProgressPrinter::loop() {
  // Also while the work stands still, and its clock with it.
  std::optional<std::chrono::steady_clock::time_point> stopAsked;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kTick, [this] { return ending_; })) {
    const auto now = std::chrono::steady_clock::now();
    if (Cancellation::requested() && !stopAsked) stopAsked = now;
    if (stopAsked && now - *stopAsked > kPatienceAfterStop) {
      onStuck_();
      return;
    }
    const ForkGate::Busy busy = ForkGate::busy();
    if (!Pause::active()) show(Clock::now());
  }
}

double ProgressPrinter::rate(Clock::time_point now) const {
  const double seconds = std::chrono::duration<double>(now - phaseBegan_).count();
  return seconds <= 0 ? 0 : static_cast<double>(progress_.done()) / seconds;
}

void ProgressPrinter::beginPhase(copy::Phase phase, Clock::time_point now) {
  began_ = true;
  phase_ = phase;
  phaseBegan_ = now;
  lastShown_ = now;
}

void ProgressPrinter::show(Clock::time_point now) {
  const copy::Phase phase = progress_.phase();
  if (!began_ || phase != phase_) beginPhase(phase, now);
  const std::uint64_t total = progress_.total();
  const std::uint64_t done = std::min(progress_.done(), total);
  const double perSecond = rate(now);
  const std::optional<double> left = secondsLeft(done, total, perSecond);
  if (output_.json()) {
    if (total == 0 || now - lastShown_ < kEventEvery) return;
    lastShown_ = now;
    nlohmann::json fields{{"phase", copy::phaseName(phase)},
                          {"bytes_done", done},
                          {"bytes_total", total},
                          {"rate", static_cast<std::uint64_t>(perSecond)}};
    fields["seconds_left"] = left ? nlohmann::json(std::ceil(*left)) : nlohmann::json();
    output_.event("progress", std::move(fields));
    return;
  }
  if (output_.quiet()) return;
  std::string text = inWords(phase);
  if (total > 0) {
    const double part = static_cast<double>(done) / static_cast<double>(total);
    text += fmt::format(" {:3.0f} %  {} of {}, {}/s", std::floor(part * 100), formatSize(done),
                        formatSize(total), formatSize(static_cast<std::uint64_t>(perSecond)));
    if (left) text += fmt::format(", {} left", duration(*left));
    if (bar_) {
      const int room = std::clamp(terminalWidth() - static_cast<int>(text.size()) - 4, 0, 40);
      const auto full = static_cast<std::size_t>(part * room);
      text = fmt::format("[{}{}] {}", std::string(full, '#'),
                         std::string(static_cast<std::size_t>(room) - full, '.'), text);
    }
  }
  if (bar_) {
    output_.status(text);
  } else if (now - lastShown_ >= kLogLineEvery) {
    lastShown_ = now;
    output_.line(text);
  }
}

}  // namespace disktwin::cli
