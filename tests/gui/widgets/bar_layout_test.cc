// Parts of a disk in a bar: in proportion, and never too narrow.
#include "gui/widgets/bar_layout.h"

#include "tests/support/catch.h"

using namespace disktwin::gui;

TEST_CASE("in proportion where there is room") {
  const BarLayout layout = layOutBar({300, 100}, {10, 10}, 402, 2);
  CHECK(layout.places[0].left == 0);
  CHECK(layout.places[0].width == Catch::Approx(300));
  CHECK(layout.places[1].left == Catch::Approx(302));
  CHECK(layout.places[1].width == Catch::Approx(100));
  CHECK(layout.bytesPerUnit == Catch::Approx(1));
}

TEST_CASE("small ones get the least, the others share what is left") {
  const BarLayout layout = layOutBar({1, 1000, 3000, 1}, {50, 50, 50, 50}, 500, 0);
  CHECK(layout.places[0].width == Catch::Approx(50));
  CHECK(layout.places[3].width == Catch::Approx(50));
  CHECK(layout.places[1].width == Catch::Approx(100));
  CHECK(layout.places[2].width == Catch::Approx(300));
  CHECK(layout.bytesPerUnit == Catch::Approx(10));
}

TEST_CASE("one that is pushed below the least by others gets it too") {
  const BarLayout layout = layOutBar({1, 1, 110, 890}, {50, 50, 50, 50}, 500, 0);
  CHECK(layout.places[2].width == Catch::Approx(50));
  CHECK(layout.places[3].width == Catch::Approx(350));
}

TEST_CASE("without room for all they are equal and do not overlap") {
  const BarLayout layout = layOutBar({1, 1000, 5, 7}, {50, 50, 50, 50}, 100, 0);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(layout.places[i].width == Catch::Approx(25));
    CHECK(layout.places[i].left == Catch::Approx(25.0 * static_cast<double>(i)));
  }
}

TEST_CASE("a part that may be narrow is") {
  const BarLayout layout = layOutBar({999, 1}, {50, 1}, 500, 0);
  CHECK(layout.places[0].width == Catch::Approx(499));
  CHECK(layout.places[1].width == Catch::Approx(1));
}

TEST_CASE("nothing, no size, no width") {
  CHECK(layOutBar({}, {}, 100, 1).places.empty());
  CHECK(layOutBar({0, 0}, {10, 10}, 100, 0).places[1].width == Catch::Approx(10));
  CHECK(layOutBar({1, 2}, {10, 10}, 0, 1).places[1].width == 0);
}

TEST_CASE("what needs little to be read leaves more for the others") {
  CHECK(leastWidths({20, 60, 40}, 200) == std::vector<double>{20, 60, 40});
  CHECK(leastWidths({20, 60, 40}, 100) == std::vector<double>{20, 40, 40});
  CHECK(leastWidths({20, 60, 40}, 30) == std::vector<double>{10, 10, 10});
  CHECK(leastWidths({}, 30).empty());
}
