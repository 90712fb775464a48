// A program that runs beside us and is spoken with: a virtual machine. Never through a shell. What
// runs to its end by itself is runProgram()'s.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace disktwin {

// The program has standard input (silent), output and errors, one socket to us, and files
// without a name; it leaves nothing behind, whatever becomes of it or of us. It does not outlive
// this process nor the thread that started it.
//
// Not thread-safe. Errors are Error(Failed) with the program as subject.
class ChildProgram {
 public:
  using Bytes = std::vector<std::byte>;

  // `words`: its name, found as findProgram() does, and arguments. `files`: what each of its files
  // holds at first. Throws Error(Failed) when there is no such program.
  ChildProgram(const std::vector<std::string>& words, const std::vector<Bytes>& files);
  ChildProgram(const ChildProgram&) = delete;
  ChildProgram& operator=(const ChildProgram&) = delete;
  // Kills it, and waits until it is gone; not for ever, should the kernel itself hold it.
  ~ChildProgram();

  // How the program names its end of the socket, and its files.
  static constexpr int kSocket = 3;
  static std::string fileName(std::size_t index);

  // Gathers what has come from it; waits up to `patience` when nothing has. Never throws for what
  // the program does. Returns early on a request to cancel.
  void listen(std::chrono::milliseconds patience);
  // What has come since the last call, at most the last MiB of each.
  std::string takeOutput();
  std::string takeFromSocket();
  // The last 4 KiB that it wrote to standard error.
  const std::string& errors() const;

  // What does not fit within a second, or comes when it has ended, is lost.
  void send(const std::string& text);

  // What is in a file now: at most `most` bytes.
  Bytes readFile(std::size_t index, std::size_t most) const;
  void emptyFile(std::size_t index);

  bool hasEnded();
  // Seconds of processor time that it has used, of all its threads; 0 once it has ended.
  double processorSeconds() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace disktwin
