// Rates over time, condensed so that a job of many hours takes no more room than one of minutes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace disktwin::gui {

class RateHistory {
 public:
  struct Point {
    double seconds = 0;
    double rate = 0;        // bytes a second
    bool afterGap = false;  // nothing is known between the point before and this one
  };
  // As many points are kept at most; when there are more, neighbours become one.
  static constexpr std::size_t kMostPoints = 600;

  // Times do not go back; a point that is not later than the last one, or no number, is ignored.
  void add(double seconds, double rate);
  // What comes next is not joined to what was before: the job was paused.
  void gap() { gapIsOpen_ = true; }
  void clear();

  const std::vector<Point>& points() const { return points_; }
  double highest() const;

 private:
  void condense();

  std::vector<Point> points_;
  bool gapIsOpen_ = false;
  // Points that make one, and those of it that are there.
  std::size_t perPoint_ = 1;
  std::size_t collected_ = 0;
  double sum_ = 0;
};

// How fast it is now, from how far a phase has come. The protocol's own rate is the average.
class RateMeter {
 public:
  // Bytes a second since the last time; nothing when it is too early to tell, or a phase has begun.
  std::optional<double> add(double seconds, const std::string& phase, std::uint64_t bytesDone);

 private:
  std::string phase_;
  double seconds_ = -1;
  std::uint64_t bytes_ = 0;
};

// Values for an axis from 0 to at least `highest`, evenly apart and round: 0, 200 MB, 400 MB.
// Between 2 and `most` + 1 of them.
std::vector<double> axisValues(double highest, std::size_t most);

}  // namespace disktwin::gui
