// Fields of an event, whatever it holds: what is missing or of another type is the default.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace disktwin::gui {

inline std::string textOf(const nlohmann::json& fields, const char* name) {
  const auto found = fields.is_object() ? fields.find(name) : fields.end();
  return found != fields.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// 0 for what is negative too.
inline std::uint64_t numberOf(const nlohmann::json& fields, const char* name) {
  const auto found = fields.is_object() ? fields.find(name) : fields.end();
  if (found == fields.end() || !found->is_number()) return 0;
  if (found->is_number_unsigned()) return found->get<std::uint64_t>();
  const double value = found->get<double>();
  return value > 0 && value < 1.8e19 ? static_cast<std::uint64_t>(value) : 0;
}

inline bool flagOf(const nlohmann::json& fields, const char* name) {
  const auto found = fields.is_object() ? fields.find(name) : fields.end();
  return found != fields.end() && found->is_boolean() && found->get<bool>();
}

// An object or array; an empty one of that kind where there is none.
inline const nlohmann::json& partOf(const nlohmann::json& fields, const char* name) {
  static const nlohmann::json kNothing = nlohmann::json::array();
  const auto found = fields.is_object() ? fields.find(name) : fields.end();
  return found != fields.end() && (found->is_object() || found->is_array()) ? *found : kNothing;
}

inline std::vector<std::string> textsOf(const nlohmann::json& fields, const char* name) {
  std::vector<std::string> out;
  for (const nlohmann::json& text : partOf(fields, name)) {
    if (text.is_string()) out.push_back(text.get<std::string>());
  }
  return out;
}

}  // namespace disktwin::gui
