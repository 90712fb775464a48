#include "gui/widgets/rate_history.h"

#include <algorithm>
#include <cmath>

namespace disktwin::gui {

void RateHistory::add(double seconds, double rate) {
  if (!std::isfinite(seconds) || !std::isfinite(rate) || rate < 0) return;
  if (!points_.empty() && seconds <= points_.back().seconds) return;
  const bool joins = collected_ > 0 && collected_ < perPoint_ && !gapIsOpen_;
  if (!joins) {
    points_.push_back({seconds, rate, gapIsOpen_ && !points_.empty()});
    gapIsOpen_ = false;
    collected_ = 1;
    sum_ = rate;
  } else {
    ++collected_;
    sum_ += rate;
    points_.back().seconds = seconds;
    points_.back().rate = sum_ / static_cast<double>(collected_);
  }
  if (points_.size() > kMostPoints) condense();
}

void RateHistory::clear() {
  *this = RateHistory();
}

double RateHistory::highest() const {
  double out = 0;
  for (const Point& point : points_) out = std::max(out, point.rate);
  return out;
}

void RateHistory::condense() {
  std::vector<Point> fewer;
  for (std::size_t i = 0; i < points_.size();) {
    Point point = points_[i++];
    if (i < points_.size() && !points_[i].afterGap) {
      point.rate = (point.rate + points_[i].rate) / 2;
      point.seconds = points_[i++].seconds;
    }
    fewer.push_back(point);
  }
  // All of them after gaps: then the oldest have to go.
  if (fewer.size() > kMostPoints) fewer.erase(fewer.begin(), fewer.begin() + kMostPoints / 2);
  points_ = std::move(fewer);
  perPoint_ *= 2;
  collected_ = perPoint_;
}

std::optional<double> RateMeter::add(double seconds, const std::string& phase,
                                     std::uint64_t bytesDone) {
  constexpr double kLeastSeconds = 0.4;
  const bool isNew = seconds_ < 0 || phase != phase_ || bytesDone < bytes_;
  if (!isNew && seconds - seconds_ < kLeastSeconds) return std::nullopt;
  const double past = seconds - seconds_;
  const std::uint64_t before = bytes_;
  phase_ = phase;
  seconds_ = seconds;
  bytes_ = bytesDone;
  if (isNew) return std::nullopt;
  return static_cast<double>(bytesDone - before) / past;
}

std::vector<double> axisValues(double highest, std::size_t most) {
  const double top = std::isfinite(highest) && highest > 1 ? highest : 1;
  const double rough = top / static_cast<double>(std::max<std::size_t>(most, 1));
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = power * 10;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (power * factor >= rough * (1 - 1e-9)) {
      step = power * factor;
      break;
    }
  }
  std::vector<double> out{0};
  while (out.back() < top * (1 - 1e-9)) out.push_back(step * static_cast<double>(out.size()));
  return out;
}

}  // namespace disktwin::gui
