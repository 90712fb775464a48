// Where the events of a run come from, and where commands to it go: a process of ours, or the
// record of one that another window started. Never blocks; used by one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace disktwin::gui {

// The exit code of what could not be started: none that a program could have.
inline constexpr int kNotStarted = 1000;

class EventSource {
 public:
  virtual ~EventSource() = default;

  // The lines that have come since.
  virtual std::vector<std::string> read() = 0;
  // Whether there will be no more; only when all have been read.
  virtual bool hasEnded() = 0;
  // With that: the exit code, negative for a signal; nothing where it is not known.
  virtual std::optional<int> exitCode() const = 0;
  // What was said on standard error, its end.
  virtual std::string said() const = 0;
  // A command (docs/protocol.md), a line of JSON without its end; false when it cannot be given.
  virtual bool send(std::string line) = 0;
};

}  // namespace disktwin::gui
