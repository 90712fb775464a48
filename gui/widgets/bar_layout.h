// Where the parts of a disk lie in a bar: in proportion, but never too narrow to be read.
#pragma once

#include <cstdint>
#include <vector>

namespace disktwin::gui {

struct BarPlace {
  double left = 0;
  double width = 0;
};

struct BarLayout {
  std::vector<BarPlace> places;  // in the order of the sizes
  // What one unit of width means where parts are drawn in proportion, in bytes; 0 without any.
  double bytesPerUnit = 0;
};

// At least as wide as each needs to be read, but not more than `budget` together: those that need
// most give way first.
std::vector<double> leastWidths(const std::vector<double>& needs, double budget);

// Shares `width` among parts of those sizes, `gap` between any two. Each gets the least width that
// `least` names for it, or its share of that when there is not even so much.
BarLayout layOutBar(const std::vector<std::uint64_t>& sizes, const std::vector<double>& least,
                    double width, double gap);

}  // namespace disktwin::gui
