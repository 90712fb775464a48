#include "gui/wizard/log_text.h"

#include "gui/protocol/json_fields.h"
#include "gui/wizard/found_text.h"
#include "gui/wizard/model.h"

namespace disktwin::gui {
namespace {

using nlohmann::json;

// Its fields, "bytes_copied 4096, verified true".
std::string doneText(const json& fields) {
  std::string out;
  for (const auto& [key, value] : fields.items()) {
    if (key == "event" || value.is_structured()) continue;
    const std::string text = value.is_string()
                                 ? value.get<std::string>()
                                 : value.dump(-1, ' ', false, json::error_handler_t::replace);
    if (!text.empty()) out += (out.empty() ? "" : ", ") + key + " " + text;
  }
  return "done: " + out;
}

std::string lineOf(const std::string& name, const json& fields) {
  if (name == "start") {
    return textOf(fields, "time") + "\n" + shellText("disktwin", textsOf(fields, "arguments"));
  }
  if (name == "warning") return "warning: " + textOf(fields, "text");
  if (name == "phase") return "phase: " + textOf(fields, "phase");
  if (name == "paused" || name == "resumed" || name == "need-passphrase") return name;
  if (const std::string found = foundText(fields); !found.empty()) return name + ": " + found;
  if (name == "done") return doneText(fields);
  if (name == "failed") {
    std::string out = "failed: " + textOf(fields, "subject") + ": " + textOf(fields, "what");
    for (const char* more : {"hint", "target_says"}) {
      if (const std::string text = textOf(fields, more); !text.empty()) out += "\n" + text;
    }
    return out;
  }
  if (name == "plan") return "plan " + textOf(fields, "id");
  return {};
}

}  // namespace

std::string logText(const std::vector<std::string>& events) {
  std::string out;
  for (const std::string& event : events) {
    const json fields = json::parse(event, nullptr, false);
    const std::string line = lineOf(textOf(fields, "event"), fields);
    if (!line.empty()) out += line + "\n";
  }
  return out;
}

}  // namespace disktwin::gui
