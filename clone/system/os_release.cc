#include "clone/system/os_release.h"

#include <map>

#include "clone/system/fields.h"
#include "platform/printable.h"

namespace disktwin::system {
namespace {

constexpr std::size_t kLongestValue = 256;

// "Variable assignment values must be enclosed in double or single quotes if they include
// spaces...; special characters must be escaped with backslashes, following shell style."
std::string unquoted(std::string_view value) {
  std::string out;
  char quote = 0;
  for (std::size_t i = 0; i < value.size() && out.size() < kLongestValue; ++i) {
    const char c = value[i];
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && i + 1 < value.size()) {
      out += value[++i];
    } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\r')) {
      break;
    } else {
      out += c;
    }
  }
  return printable(out);
}

std::vector<std::string> wordsOf(const std::string& text) {
  const auto lines = linesOfWords(text);
  return lines.empty() ? std::vector<std::string>() : lines.front();
}

}  // namespace

std::string OsRelease::title() const {
  if (!prettyName.empty()) return prettyName;
  const std::string& base = name.empty() ? id : name;
  if (base.empty()) return "Linux";
  const std::string& number = version.empty() ? versionId : version;
  return number.empty() ? base : base + " " + number;
}

OsRelease parseOsRelease(std::string_view text) {
  OsRelease out;
  std::string like;
  const std::map<std::string_view, std::string*> wanted{{"ID", &out.id},
                                                        {"ID_LIKE", &like},
                                                        {"NAME", &out.name},
                                                        {"VERSION", &out.version},
                                                        {"VERSION_ID", &out.versionId},
                                                        {"PRETTY_NAME", &out.prettyName}};
  for (const std::string_view line : linesOf(text)) {
    const std::size_t equals = line.find('=');
    if (equals == line.npos) continue;
    const auto found = wanted.find(line.substr(0, equals));
    if (found != wanted.end()) *found->second = unquoted(line.substr(equals + 1));
  }
  out.idLike = wordsOf(like);
  return out;
}

}  // namespace disktwin::system
