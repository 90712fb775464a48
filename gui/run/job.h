// One run, followed: its source of events and what is known from them. Used by one thread, polled.
#pragma once

#include <memory>

#include "gui/run/event_source.h"
#include "gui/run/job_state.h"

namespace disktwin::gui {

class Job {
 public:
  explicit Job(std::unique_ptr<EventSource> source) : source_(std::move(source)) {}

  const JobState& state() const { return state_; }
  bool isOver() const { return gui::isOver(state_.status) && isEnded_; }

  // Takes what has come; whether anything has.
  bool poll();

  // Whether the command could be given.
  bool pause() { return source_->send(R"({"command":"pause"})"); }
  bool resume() { return source_->send(R"({"command":"resume"})"); }
  bool cancel() { return source_->send(R"({"command":"cancel"})"); }
  bool givePassphrase(const std::string& passphrase);

 private:
  std::unique_ptr<EventSource> source_;
  JobState state_;
  bool isEnded_ = false;
};

}  // namespace disktwin::gui
