#include "cli/job/place.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "platform/privileges.h"

namespace disktwin::cli {
namespace {

constexpr const char* kRootFolder = "/run/disktwin/jobs";
constexpr std::uint32_t kRoot = 0;

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

bool isAbsolute(const std::optional<std::string>& path) {
  return path && path->starts_with('/');
}

// As a pattern: '9' any digit, 'f' any digit of base 16, '+' as many more digits as there are.
bool matches(std::string_view text, std::string_view pattern) {
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::string_view kBase16 = "0123456789abcdef";
  for (const char wanted : pattern) {
    if (wanted == '+') {
      text.remove_prefix(std::min(text.find_first_not_of(kDigits), text.size()));
      continue;
    }
    if (text.empty()) return false;
    const char letter = text.front();
    const bool fits = wanted == '9'   ? kDigits.find(letter) != kDigits.npos
                      : wanted == 'f' ? kBase16.find(letter) != kBase16.npos
                                      : wanted == letter;
    if (!fits) return false;
    text.remove_prefix(1);
  }
  return text.empty();
}

}  // namespace

Surroundings Surroundings::found() {
  return {userId(), variable("XDG_STATE_HOME"), variable("HOME"), variable("PKEXEC_UID")};
}

std::optional<RecordPlace> recordPlace(const Surroundings& surroundings) {
  if (surroundings.user == kRoot) {
    return RecordPlace{kRootFolder, true, userNumber(surroundings.pkexecUser).value_or(kRoot)};
  }
  std::string base;
  if (isAbsolute(surroundings.stateHome)) {
    base = *surroundings.stateHome;
  } else if (isAbsolute(surroundings.home)) {
    base = *surroundings.home + "/.local/state";
  } else {
    return std::nullopt;
  }
  return RecordPlace{base + "/disktwin/jobs", false, surroundings.user};
}

std::string jobId(std::time_t time, std::int64_t process, std::uint16_t random) {
  return fmt::format("{:%Y%m%dT%H%M%S}-{}-{:04x}", fmt::gmtime(time), process, random);
}

std::string_view idIn(std::string_view fileName) {
  for (const std::string_view end : {kEvents, kControl}) {
    if (!fileName.ends_with(end)) continue;
    const std::string_view id = fileName.substr(0, fileName.size() - end.size());
    return matches(id, "99999999T999999-9+-ffff") ? id : std::string_view();
  }
  return {};
}

std::string timeText(std::time_t time) {
  return fmt::format("{:%FT%TZ}", fmt::gmtime(time));
}

}  // namespace disktwin::cli
