// How wide the columns of a list are: by what is in them.
#pragma once

#include <vector>

namespace disktwin::gui {

// In pixels. What says nothing any more when it is cut wants no more than its least.
struct ColumnNeed {
  int wanted = 0;
  int least = 0;
};

// As wide as they want to be where there is room, and what is left goes to the first; otherwise
// each gives up the same share of what it could do without. Wider than `room` when not even their
// least fits.
std::vector<int> columnWidths(const std::vector<ColumnNeed>& needs, int room);

}  // namespace disktwin::gui
