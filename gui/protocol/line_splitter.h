// Bytes as they come out of a pipe or a growing file, as lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace disktwin::gui {

class LineSplitter {
 public:
  // A line that is longer is no event: it is left out, and counted.
  static constexpr std::size_t kLongest = 16U << 20;

  // The lines that are complete now, without their ends.
  std::vector<std::string> add(std::string_view bytes);
  // What has come of a line that has no end yet.
  std::size_t pending() const { return rest_.size(); }
  std::size_t dropped() const { return dropped_; }

 private:
  std::string rest_;
  bool dropping_ = false;
  std::size_t dropped_ = 0;
};

}  // namespace disktwin::gui
