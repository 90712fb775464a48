// A child process for work on bytes that nobody vouches for: it may crash, hang or answer rubbish
// without harm to this one.
//
// The child is forked, nothing is executed. It has one descriptor, a socket to its parent, and
// /dev/null for its standard streams; limits on memory, processor time, open files; it cannot write
// files; once confined, the kernel refuses it nearly every call. It dies with its parent.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "platform/extent.h"
#include "platform/pause.h"

namespace disktwin {

struct Message {
  std::uint32_t kind = 0;
  std::vector<std::byte> body;
};

// Bytes in a message's body. Whoever receives a longer one takes the other side for mad.
inline constexpr std::size_t kLargestMessage = MiB + 64 * KiB;

struct ProcessLimits {
  std::uint64_t memory = 512 * MiB;      // beyond what this process has mapped when it starts
  std::uint32_t processorSeconds = 120;  // in all
};

// The child's side of the socket. Not thread-safe. When the parent is gone, its members end the
// process.
class ChildEnd {
 public:
  explicit ChildEnd(int socket) : socket_(socket) {}

  void send(std::uint32_t kind, std::span<const std::byte> body);
  Message receive();

  enum class May {
    Compute,    // take and give memory, speak to the parent
    ReadFiles,  // also look into folders and files that it can reach
  };
  // From now on every other system call fails. Cannot be undone. Without effect where the kernel
  // does not know how, or under a sanitizer, which needs more.
  void confine(May may);

 private:
  int socket_;
};

// The parent's side. Not thread-safe, but may be handed from thread to thread as long as the one
// that made it lives. Errors are Error(Failed) with `name` as subject.
class ConfinedProcess {
 public:
  using Work = std::function<void(ChildEnd&)>;
  using Deadline = WorkClock::time_point;

  // Runs `work` in a child. `keep`: a descriptor that is left open in the child as kKept, or -1.
  // Other threads of this process may hold locks that the child will never see free: only those of
  // the C library's memory are safe, so `work` must not use others that are shared.
  ConfinedProcess(std::string name, const ProcessLimits& limits, int keep, const Work& work);
  // Kills the child, and does not leave a zombie unless the kernel itself holds it.
  ~ConfinedProcess();
  ConfinedProcess(const ConfinedProcess&) = delete;
  ConfinedProcess& operator=(const ConfinedProcess&) = delete;

  static constexpr int kKept = 4;

  // Throws Error(Failed) when the child is gone, sends what cannot be a message, or has not taken
  // or answered it by `deadline`; Error(Cancelled) when that was asked for. The child is then of no
  // further use.
  void send(std::uint32_t kind, std::span<const std::byte> body, Deadline deadline);
  Message receive(Deadline deadline);

  int id() const { return pid_; }

 private:
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void failGone();
  void waitFor(short events, Deadline deadline);

  std::string name_;
  int pid_ = -1;
  int socket_ = -1;
};

}  // namespace disktwin
