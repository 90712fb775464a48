// What can be said to a running job. docs/protocol.md, "Commands".
#pragma once

#include <optional>
#include <string>

namespace disktwin::cli {

struct Command {
  enum class Kind { Pause, Resume, Cancel, Passphrase };
  Kind kind = Kind::Pause;
  std::string passphrase;  // whoever takes it wipes it
};

// nullopt when the line is none. Throws nothing for what it says.
std::optional<Command> parseCommand(const std::string& line);

}  // namespace disktwin::cli
