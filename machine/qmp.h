// The messages of QEMU's monitor (QMP): a JSON object a line.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace disktwin::machine {

// Cuts what comes from the monitor into messages. QEMU runs what nobody vouches for, so what it
// says is not trusted either.
class QmpReader {
 public:
  // Longer lines are not QEMU's.
  static constexpr std::size_t kLongestLine = 1U << 20;

  void feed(std::string_view bytes);
  // The next whole message; nullopt when there is none yet. Throws Error(Failed) for a line that is
  // no JSON object, nested deeper than any message is, or too long.
  std::optional<nlohmann::json> next();

 private:
  std::string rest_;
};

struct QmpEvent {
  std::string name;
  bool byGuest = false;  // of SHUTDOWN and RESET: it was the system's doing
  std::string reason;    // of the same two, "guest-shutdown"
};

// Nullopt for a message that is no event, or none with a name.
std::optional<QmpEvent> eventOf(const nlohmann::json& message);

// Throws Error(Failed) with what QEMU says when a reply is an error.
nlohmann::json resultOf(const nlohmann::json& reply, const std::string& command);

struct DiskCounters {
  std::uint64_t operations = 0;  // reads and writes
  std::uint64_t bytesRead = 0;
  std::uint64_t bytesWritten = 0;
};
// Of the answer to query-blockstats, for the drive with that id; zeroes where it says nothing.
DiskCounters countersOf(const nlohmann::json& result, const std::string& drive);

}  // namespace disktwin::machine
