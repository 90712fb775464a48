// Runs other programs: resize2fs, ntfsresize, mkswap. Never through a shell.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace disktwin {

// Where a program lies: on PATH, or where Debian keeps what only root needs (/usr/sbin, /sbin).
std::optional<std::string> findProgram(const std::string& name);

struct ProgramResult {
  int status = 0;      // its exit status; 128 and the signal's number when one ended it
  std::string output;  // the last 64 KiB of what it wrote to standard output and error

  // The last line that says something, for messages.
  std::string lastLine() const;
};

// Runs `words` with an environment of its own (LC_ALL=C) and `input` as its standard input, and
// waits. On a request to cancel it is ended and Error(Cancelled) thrown. It does not outlive this
// process. Throws Error(Failed) with a hint when there is no such program. A process that has not
// ignored SIGPIPE may end when a program does not read all of its input.
ProgramResult runProgram(const std::vector<std::string>& words, const std::string& input = {});

}  // namespace disktwin
