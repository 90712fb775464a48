#include "gui/wizard/found_text.h"

#include <fmt/format.h>

#include "gui/protocol/json_fields.h"

namespace disktwin::gui {
namespace {

constexpr std::size_t kMostNamed = 10;

}  // namespace

std::string foundText(const nlohmann::json& event) {
  const std::string name = textOf(event, "event");
  if (name == "lost") return textOf(event, "what") + ": " + textOf(event, "because");
  if (name == "damage") return textOf(event, "text");
  if (name != "difference") return {};
  const std::string what = textOf(event, "what");
  if (const std::string text = textOf(event, "text"); !text.empty()) {
    const std::string path = textOf(event, "path");
    return fmt::format("{}: {}{}{}", what, path, path.empty() ? "" : " ", text);
  }
  return fmt::format("{}: within {} bytes at {}", what, numberOf(event, "length"),
                     numberOf(event, "source_offset"));
}

Failure failureWithPlaces(const JobState& job) {
  Failure out = job.failure.value_or(Failure{});
  std::string places;
  std::size_t count = 0;
  for (const nlohmann::json& event : job.found) {
    const std::string text = foundText(event);
    if (text.empty() || ++count > kMostNamed) continue;
    places += text + "\n";
  }
  if (count > kMostNamed) places += "...\n";
  out.hint = places + out.hint;
  return out;
}

}  // namespace disktwin::gui
