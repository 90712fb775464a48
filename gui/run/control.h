// The control socket of a running job (docs/protocol.md, "Commands").
#pragma once

#include <string>

namespace disktwin::gui {

// A connection to it. As long as there is one, the job waits for the answer to a question.
class Control {
 public:
  explicit Control(const std::string& socket);
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  // Whether the job runs: it closes its end when it ends.
  bool isAlive();
  // Gives a command, a line of JSON without its end, and waits for the answer, two seconds at most.
  // False when there is nobody, or it was not taken.
  bool give(std::string line);

 private:
  int fd_ = -1;
};

}  // namespace disktwin::gui
