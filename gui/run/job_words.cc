#include "gui/run/job_words.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "gui/run/job_state.h"

namespace disktwin::gui {
namespace {

enum class Value { None, Text, Path };

struct Option {
  std::string_view name;
  Value value = Value::None;
  bool counts = false;  // says what is copied
  bool isSame = true;   // the copy is the same as its source, as far as this goes
};
constexpr std::array kOptions{
    Option{"--partitions", Value::Text, true},
    Option{"--os", Value::Text, true},
    Option{"--parent", Value::Path, true},
    Option{"--passphrase-file", Value::Path, true},
    Option{"--system", Value::None, true},
    Option{"--new-ids", Value::None, true},
    Option{"--all-sectors", Value::None, true},
    Option{"--fit", Value::Text},
    Option{"--target-size", Value::Text},
    Option{"--limit", Value::Text},
    Option{"--expect", Value::Text},
    Option{"--nice"},
    Option{"--verify"},
    Option{"--yes"},
    Option{"-y"},
    Option{"--json"},
    Option{"--quiet"},
    Option{"-q"},
    Option{"--force-mounted-source"},
    Option{"--salvage", Value::None, false, false},
    Option{"--raw", Value::None, false, false},
};

}  // namespace

std::optional<JobWords> wordsOf(const JobState& job) {
  JobWords out;
  const std::vector<std::string>& words = job.arguments;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!word.starts_with('-') || word == "-") {
      out.names.push_back(job.absolute(word));
      continue;
    }
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string name = word.substr(0, equals);
    const auto option = std::ranges::find(kOptions, std::string_view(name), &Option::name);
    if (option == kOptions.end()) return std::nullopt;
    std::optional<std::string> value;
    if (equals < word.size()) value = word.substr(equals + 1);
    if (!value && option->value != Value::None) {
      if (++i == words.size()) return std::nullopt;
      value = words[i];
    }
    out.isSame = out.isSame && option->isSame;
    if (!option->counts) continue;
    out.what.push_back(name);
    if (value) out.what.push_back(option->value == Value::Path ? job.absolute(*value) : *value);
  }
  return out;
}

}  // namespace disktwin::gui
