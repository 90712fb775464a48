// The record of a job that another window, or nobody, is following: its event file and control
// socket.
#pragma once

#include <memory>
#include <string>

#include "gui/protocol/line_splitter.h"
#include "gui/run/control.h"
#include "gui/run/event_source.h"

namespace disktwin::gui {

class Record : public EventSource {
 public:
  Record(const std::string& events, const std::string& control);
  ~Record() override;
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  std::vector<std::string> read() override;
  bool hasEnded() override;
  std::optional<int> exitCode() const override { return std::nullopt; }
  std::string said() const override { return {}; }
  bool send(std::string line) override;

 private:
  const std::string socket_;
  std::unique_ptr<Control> control_;
  int fd_ = -1;
  LineSplitter lines_;
  bool isDrained_ = false;
  bool isDead_ = false;  // nobody answers; what it said last may still be there to read
};

}  // namespace disktwin::gui
