#include "gui/widgets/column_widths.h"

#include <algorithm>
#include <cmath>

namespace disktwin::gui {

std::vector<int> columnWidths(const std::vector<ColumnNeed>& needs, int room) {
  int wanted = 0;
  int spare = 0;
  for (const ColumnNeed& need : needs) {
    wanted += need.wanted;
    spare += std::max(0, need.wanted - need.least);
  }
  const double share = spare > 0 ? std::clamp(double(wanted - room) / spare, 0.0, 1.0) : 0;
  std::vector<int> out;
  for (const ColumnNeed& need : needs) {
    const int without = std::max(0, need.wanted - need.least);
    out.push_back(need.wanted - static_cast<int>(std::ceil(without * share)));
  }
  if (!out.empty()) out.front() += std::max(0, room - wanted);
  return out;
}

}  // namespace disktwin::gui
