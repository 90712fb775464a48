#include "gui/protocol/line_splitter.h"

#include <utility>

namespace disktwin::gui {

std::vector<std::string> LineSplitter::add(std::string_view bytes) {
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const bool isComplete = end != bytes.npos;
    const std::string_view part = bytes.substr(0, end);
    if (!dropping_ && rest_.size() + part.size() > kLongest) {
      dropping_ = true;
      ++dropped_;
      rest_ = {};
    }
    if (!dropping_) rest_ += part;
    if (!isComplete) break;
    if (!dropping_) lines.push_back(std::exchange(rest_, {}));
    dropping_ = false;
    bytes.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace disktwin::gui
