// Columns of a list: by their contents, and in what room there is.
#include "gui/widgets/column_widths.h"

#include "tests/support/catch.h"

using namespace disktwin::gui;

TEST_CASE("columns are as wide as what is in them, and the first takes the rest") {
  CHECK(columnWidths({{100, 50}, {80, 80}, {60, 30}}, 240) == std::vector{100, 80, 60});
  CHECK(columnWidths({{100, 50}, {80, 80}, {60, 30}}, 300) == std::vector{160, 80, 60});
}

TEST_CASE("without room those give way that can be cut, by the same share") {
  CHECK(columnWidths({{100, 50}, {80, 80}, {60, 30}}, 200) == std::vector{75, 80, 45});
  CHECK(columnWidths({{100, 50}, {80, 80}, {60, 30}}, 160) == std::vector{50, 80, 30});
}

TEST_CASE("columns never get less than their least, or than what is in them") {
  CHECK(columnWidths({{100, 50}, {80, 80}, {60, 30}}, 10) == std::vector{50, 80, 30});
  CHECK(columnWidths({{40, 50}, {80, 80}}, 100) == std::vector{40, 80});
  CHECK(columnWidths({}, 100).empty());
}
