// Lines out of pieces, however they are cut.
#include "platform/line_splitter.h"

#include <vector>

#include "tests/support/catch.h"

using namespace disktwin;

namespace {

// As text; "!" stands for one that is too long.
std::vector<std::string> split(const std::string& all, std::size_t piece, std::size_t longest) {
  LineSplitter splitter(longest);
  std::vector<std::string> out;
  for (std::size_t at = 0; at < all.size(); at += piece) {
    std::string_view rest = std::string_view(all).substr(at, piece);
    while (!rest.empty()) {
      if (const auto line = splitter.next(rest)) out.push_back(line->isTooLong ? "!" : line->text);
    }
  }
  if (const auto line = splitter.last()) out.push_back(line->isTooLong ? "!" : line->text);
  return out;
}

}  // namespace

TEST_CASE("lines are the same in whatever pieces they come") {
  const std::string all = "one\n\nthree is 12\nfour is too long\nfive";
  for (std::size_t piece = 1; piece <= all.size(); ++piece) {
    CHECK(split(all, piece, 12) == std::vector<std::string>{"one", "", "three is 12", "!", "five"});
  }
  CHECK(split("", 1, 12).empty());
  CHECK(split("\n", 1, 12) == std::vector<std::string>{""});
  CHECK(split("123456789012\n1234567890123", 5, 12) ==
        std::vector<std::string>{"123456789012", "!"});
}
