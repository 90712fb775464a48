// What the program says: as text for people or as JSON events for programs. One place decides.
#pragma once

#include <cstdio>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "clone/copy/progress.h"
#include "platform/error.h"

namespace disktwin::cli {

inline constexpr int kProtocolVersion = 1;
// The exit code when all was done but for what could not be read, which was named.
inline constexpr int kDoneWithLosses = 4;

class Answers;

// Where every event is kept as well as said.
class EventLog {
 public:
  virtual ~EventLog() = default;
  // `line` is the event, without a line break. One call at a time. What is to be said when it could
  // not be kept, the first time; never throws for that.
  virtual std::optional<std::string> keep(const std::string& name, const std::string& line) = 0;
};

// Thread-safe: the progress printer speaks from a thread of its own.
class Output {
 public:
  enum class Style { Text, Json };
  // `stream`: where results go; standard error when standard output carries an image.
  Output(Style style, bool quiet, std::FILE* stream = stdout)
      : style_(style), quiet_(quiet), stream_(stream) {}

  bool json() const { return style_ == Style::Json; }
  bool quiet() const { return quiet_; }

  // Both are set before other threads speak, and outlive what is said; null: none.
  void keepIn(EventLog* log) { log_ = log; }
  void setAnswers(Answers* answers) { answers_ = answers; }
  // Who can be asked while events are printed.
  Answers* answers() const { return answers_; }

  // A JSON event: {"event": name, ...fields}. Nothing in text style. While the work is to stand
  // still, what tells of its progress is not said; after the end nothing is, but that it failed in
  // the end.
  void event(const std::string& name, nlohmann::json fields);
  // A line (or several) on standard output in text style, unless quiet.
  void line(const std::string& text);
  // On standard error, quiet or not; an event in JSON style.
  void warn(const std::string& text);
  // What state the target is in, to be said with the error; set by whoever writes to one.
  void setTarget(copy::TargetState state, std::string says);
  // The error, and the target's state if there is one: the last thing that is said.
  void fail(const Error& error);

  // Throws Error(Failed) when something that was said did not arrive (a full disk; a reader that
  // has closed its pipe does not count). For verbs whose only result is what they print.
  void requireDelivered();

  // The progress bar's line on standard error; an empty text removes it.
  void status(const std::string& text);

 private:
  void keep(const std::string& name, const std::string& line);
  void print(std::FILE* stream, const std::string& text);
  void clearStatus();

  const Style style_;
  const bool quiet_;
  std::FILE* const stream_;
  EventLog* log_ = nullptr;
  Answers* answers_ = nullptr;
  std::mutex mutex_;
  bool statusShown_ = false;
  bool undelivered_ = false;
  bool ended_ = false;  // the last event has been said
  std::optional<copy::TargetState> target_;
  std::string targetSays_;
};

}  // namespace disktwin::cli
