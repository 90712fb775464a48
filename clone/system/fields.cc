#include "clone/system/fields.h"

#include <algorithm>

namespace disktwin::system {
namespace {

constexpr std::size_t kMostLines = 65536;
constexpr std::size_t kMostWords = 16;

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

bool isOctal(char c) {
  return c >= '0' && c <= '7';
}

// fstab(5): "spaces... as \040, tabs \011"; getmntent(3) adds newline and backslash.
std::string unescaped(std::string_view word) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '\\' && i + 3 < word.size() && isOctal(word[i + 1]) && isOctal(word[i + 2]) &&
        isOctal(word[i + 3])) {
      const int code = (word[i + 1] - '0') * 64 + (word[i + 2] - '0') * 8 + (word[i + 3] - '0');
      out += static_cast<char>(code);
      i += 3;
    } else {
      out += word[i];
    }
  }
  return out;
}

}  // namespace

std::vector<std::string_view> linesOf(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty() && out.size() < kMostLines) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::vector<std::vector<std::string>> linesOfWords(std::string_view text) {
  std::vector<std::vector<std::string>> out;
  for (const std::string_view line : linesOf(text)) {
    std::vector<std::string> words;
    std::size_t at = 0;
    while (words.size() < kMostWords) {
      while (at < line.size() && isBlank(line[at])) ++at;
      if (at == line.size() || (words.empty() && line[at] == '#')) break;
      const std::size_t begin = at;
      while (at < line.size() && !isBlank(line[at])) ++at;
      words.push_back(unescaped(line.substr(begin, at - begin)));
    }
    if (!words.empty()) out.push_back(std::move(words));
  }
  return out;
}

}  // namespace disktwin::system
