#include "gui/protocol/line_splitter.h"

#include "tests/support/catch.h"

using disktwin::gui::LineSplitter;

TEST_CASE("lines come out whole, however the bytes come in") {
  LineSplitter splitter;
  CHECK(splitter.add("one\ntw") == std::vector<std::string>{"one"});
  CHECK(splitter.pending() == 2);
  CHECK(splitter.add("").empty());
  CHECK(splitter.add("o\n\nthree\n") == std::vector<std::string>{"two", "", "three"});
  CHECK(splitter.pending() == 0);
}

TEST_CASE("half a line is none") {
  LineSplitter splitter;
  CHECK(splitter.add("{\"event\":\"do").empty());
  CHECK(splitter.pending() == 12);
}

TEST_CASE("a line without an end takes no more memory than the longest") {
  LineSplitter splitter;
  const std::string block(1 << 20, 'x');
  for (int i = 0; i < 40; ++i) CHECK(splitter.add(block).empty());
  CHECK(splitter.pending() <= LineSplitter::kLongest);
  CHECK(splitter.add("\nafter\n") == std::vector<std::string>{"after"});
  CHECK(splitter.dropped() == 1);
}
