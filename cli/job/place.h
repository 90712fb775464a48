// Where the records of jobs lie, and what they are called.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace disktwin::cli {

struct RecordPlace {
  std::string folder;
  bool isShared = false;    // by all users: it is root's
  std::uint32_t owner = 0;  // of each record
};

// What decides; nullopt: not set.
struct Surroundings {
  std::uint32_t user = 0;  // that runs this
  std::optional<std::string> stateHome, home, pkexecUser;

  static Surroundings found();
};

// Root's place is the same whatever the environment says. nullopt when there is none.
std::optional<RecordPlace> recordPlace(const Surroundings& surroundings);

inline constexpr std::string_view kEvents = ".events";
inline constexpr std::string_view kControl = ".control";

// "20261125T163000-1234-5f3a": names in their order are jobs in theirs.
std::string jobId(std::time_t time, std::int64_t process, std::uint16_t random);
// The id in the name of a file of ours; empty when it is none.
std::string_view idIn(std::string_view fileName);

// "2026-11-25T16:30:00Z"
std::string timeText(std::time_t time);

}  // namespace disktwin::cli
