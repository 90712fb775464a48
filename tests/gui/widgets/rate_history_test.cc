// Rates over minutes and over hours, and the numbers beside them.
#include "gui/widgets/rate_history.h"

#include "tests/support/catch.h"

using namespace disktwin::gui;

TEST_CASE("few points are kept as they are") {
  RateHistory history;
  history.add(0.5, 10);
  history.add(1, 30);
  history.add(1, 99);
  history.add(2, -5);
  REQUIRE(history.points().size() == 2);
  CHECK(history.points()[1].rate == 30);
  CHECK(history.highest() == 30);
}

TEST_CASE("a pause leaves a gap, also after many hours") {
  RateHistory history;
  history.gap();
  history.add(1, 10);
  CHECK_FALSE(history.points()[0].afterGap);
  for (int i = 1; i < 20000; ++i) {
    if (i == 10000) history.gap();
    history.add(1 + i, 10);
  }
  int gaps = 0;
  for (const RateHistory::Point& point : history.points()) {
    gaps += point.afterGap;
    CHECK(point.rate == Catch::Approx(10));
  }
  CHECK(gaps == 1);
  CHECK(history.points().size() <= RateHistory::kMostPoints);
  CHECK(history.points().size() >= RateHistory::kMostPoints / 2 - 1);
  CHECK(history.points().back().seconds == 20000);
}

TEST_CASE("nothing but gaps stays bounded") {
  RateHistory history;
  for (int i = 0; i < 5000; ++i) {
    history.gap();
    history.add(i, 1);
  }
  CHECK(history.points().size() <= RateHistory::kMostPoints);
}

TEST_CASE("a rate is what has come since the last look, phase by phase") {
  RateMeter meter;
  CHECK(!meter.add(10, "copy", 5'000));  // what was done before is nobody's rate
  CHECK(!meter.add(10.1, "copy", 6'000));
  CHECK(meter.add(11, "copy", 7'000) == 2'000.0);
  CHECK(meter.add(12, "copy", 7'000) == 0.0);
  CHECK(!meter.add(13, "verify", 9'000));
  CHECK(meter.add(15, "verify", 9'100) == 50.0);
  CHECK(!meter.add(16, "verify", 0));
}

TEST_CASE("the axis has few, round values") {
  CHECK(axisValues(430e6, 4) == std::vector<double>{0, 200e6, 400e6, 600e6});
  CHECK(axisValues(400e6, 4) == std::vector<double>{0, 100e6, 200e6, 300e6, 400e6});
  CHECK(axisValues(0, 4).size() >= 2);
  CHECK(axisValues(7, 1) == std::vector<double>{0, 10});
  for (double top = 1; top < 1e10; top *= 1.37) {
    const auto values = axisValues(top, 4);
    CHECK(values.size() <= 5);
    CHECK(values.back() >= top * 0.999);
  }
}
