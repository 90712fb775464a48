#include "gui/widgets/bar_layout.h"

#include <algorithm>
#include <numeric>

namespace disktwin::gui {

std::vector<double> leastWidths(const std::vector<double>& needs, double budget) {
  std::vector<double> sorted = needs;
  std::ranges::sort(sorted);
  double most = 0;
  double left = std::max(0.0, budget);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    most = std::min(sorted[i], left / static_cast<double>(sorted.size() - i));
    left -= most;
  }
  std::vector<double> out;
  for (const double need : needs) out.push_back(std::min(need, most));
  return out;
}

BarLayout layOutBar(const std::vector<std::uint64_t>& sizes, const std::vector<double>& least,
                    double width, double gap) {
  BarLayout out;
  if (sizes.empty()) return out;
  const double room = std::max(0.0, width - gap * static_cast<double>(sizes.size() - 1));
  const double wanted = std::accumulate(least.begin(), least.end(), 0.0);
  const double scale = wanted > room ? room / wanted : 1;
  // Whoever would be too narrow gets the least; that leaves less for the others, until all are
  // wide enough.
  std::vector<bool> isNarrow(sizes.size());
  double left = room;
  double bytes = 0;
  for (bool changed = true; changed;) {
    changed = false;
    left = room;
    bytes = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (isNarrow[i]) {
        left -= least[i] * scale;
      } else {
        bytes += static_cast<double>(sizes[i]);
      }
    }
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const double share = bytes > 0 ? static_cast<double>(sizes[i]) / bytes * left : 0;
      if (isNarrow[i] || (bytes > 0 && share >= least[i] * scale)) continue;
      isNarrow[i] = changed = true;
    }
  }
  out.bytesPerUnit = left > 0 ? bytes / left : 0;
  double at = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const double mine =
        isNarrow[i] ? least[i] * scale : static_cast<double>(sizes[i]) / bytes * left;
    out.places.push_back({at, mine});
    at += mine + gap;
  }
  return out;
}

}  // namespace disktwin::gui
