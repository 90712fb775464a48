// The command-line program as a child in a session of its own: it goes on when this program ends.
#pragma once

#include <sys/types.h>

#include "gui/protocol/line_splitter.h"
#include "gui/run/event_source.h"

namespace disktwin::gui {

class Process : public EventSource {
 public:
  // Starts the words as they are, without a shell. What keeps it from starting is said as if it had
  // (exit code kNotStarted and a text).
  explicit Process(const std::vector<std::string>& words);
  // Lets it go on.
  ~Process() override;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  std::vector<std::string> read() override;
  bool hasEnded() override;
  std::optional<int> exitCode() const override { return exitCode_; }
  std::string said() const override { return said_; }
  bool send(std::string line) override;

 private:
  void reap();
  void flush();

  pid_t pid_ = -1;
  int in_ = -1;   // of ours, its standard input
  int out_ = -1;  // its standard output
  int err_ = -1;
  LineSplitter lines_;
  std::string said_;
  std::string unsent_;
  bool isDrained_ = false;
  std::optional<int> exitCode_;
};

}  // namespace disktwin::gui
