#include "platform/linux/text_file.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace disktwin {

std::string readTextFile(const std::string& path) {
  // Files of the kernel may be opened and still not be read: the WWN of a SCSI disk that has none. An
  // iterator over the file would throw then; inserting it does not.
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string readLine(const std::string& path) {
  const std::string text = readTextFile(path);
  return trimmed(std::string_view(text).substr(0, text.find('\n')));
}

std::uint64_t readNumber(const std::string& path, std::uint64_t otherwise) {
  const std::string line = readLine(path);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  return error == std::errc() && end == line.data() + line.size() && !line.empty() ? value
                                                                                   : otherwise;
}

std::vector<std::string> listFolder(const std::string& path) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (std::filesystem::directory_iterator at(path, ignored), end; at != end;
       at.increment(ignored)) {
    names.push_back(at->path().filename().string());
    if (ignored) break;
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlank{" \t\r\n\0", 5};
  const auto from = text.find_first_not_of(kBlank);
  if (from == std::string_view::npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(kBlank) - from + 1));
}

std::vector<std::string> splitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace disktwin
