// Laying out partitions on targets of other sizes: in numbers alone.
#include "clone/plan/fit.h"

#include <numeric>
#include <random>

#include "platform/error.h"
#include "platform/extent.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::plan;

namespace {

using Mode = FitRequest::Mode;

FitItem item(std::uint32_t number, std::uint64_t first, std::uint64_t count, std::uint64_t minimum,
             bool grows = false) {
  FitItem out;
  out.number = number;
  out.name = "partition " + std::to_string(number);
  out.first = first;
  out.count = count;
  out.minimum = minimum;
  out.grows = grows;
  out.canGrow = grows;
  return out;
}

// A boot partition, a system that can shrink and grow, a recovery partition behind it.
std::vector<FitItem> usual() {
  return {item(1, 2048, 4096, 4096), item(2, 6144, 200000 / 2048 * 2048, 40960, true),
          item(3, 204800, 8192, 8192)};
}

FitRoom room(std::uint64_t end) {
  return {2048, end, 2048, 512};
}

std::string refusal(const std::vector<FitItem>& items, std::uint64_t end,
                    const FitRequest& request = {}) {
  try {
    fit(items, room(end), request, false);
    return {};
  } catch (const Error& error) {
    CHECK((error.kind() == ErrorKind::Refused || error.kind() == ErrorKind::Usage));
    return error.what();
  }
}

}  // namespace

TEST_CASE("on a target of the same size everything stays where it is") {
  const auto items = usual();
  const auto places = fit(items, room(items.back().first + items.back().count), {}, false);
  for (std::size_t i = 0; i < items.size(); ++i) {
    CHECK(places[i] == FitPlace{items[i].first, items[i].count});
  }
}

TEST_CASE("a partition in the middle shrinks, and those behind it move up") {
  const auto places = fit(usual(), room(102400), {}, false);
  CHECK(places[0] == FitPlace{2048, 4096});
  CHECK(places[1] == FitPlace{6144, 102400 - 6144 - 8192});
  CHECK(places[2] == FitPlace{102400 - 8192, 8192});
}

TEST_CASE("room that is left goes to what can use it, and what lies behind moves with the end") {
  const auto places = fit(usual(), room(1024000), {}, false);
  CHECK(places[1].first == 6144);
  CHECK(places[2].count == 8192);
  CHECK(places[2].first + 8192 == 1024000);
  CHECK(places[1].first + places[1].count == places[2].first);
}

TEST_CASE("a few more sectors are not worth touching a filesystem for") {
  const auto items = usual();
  const auto places = fit(items, room(items.back().first + items.back().count + 2048), {}, false);
  CHECK(places[1] == FitPlace{items[1].first, items[1].count});
}

TEST_CASE("keep never changes a size, but closes gaps when that helps") {
  auto items = usual();
  const FitRequest keep{Mode::Keep, {}};
  CHECK(fit(items, room(1024000), keep, false)[1].count == items[1].count);
  items[2].first += 102400;
  const std::uint64_t end = 214000;
  const auto places = fit(items, room(end), keep, false);
  CHECK(places[2].first + places[2].count <= end);
  CHECK_THAT(refusal(items, 102400, keep), ContainsSubstring("needed are"));
}

TEST_CASE("what must shrink is shared out in proportion to what each can spare") {
  const std::vector<FitItem> items = {item(1, 2048, 1024000, 24000, true),
                                      item(2, 1026048, 512000, 12000, true)};
  const auto places = fit(items, room(1026048), {}, false);
  const double first = static_cast<double>(items[0].count - places[0].count);
  const double second = static_cast<double>(items[1].count - places[1].count);
  CHECK(first / second > 1.95);
  CHECK(first / second < 2.05);
  CHECK(places[1].first + places[1].count <= 1026048);
}

TEST_CASE("sizes that are named are kept to, and the rest goes where it was told to") {
  FitRequest request;
  request.sizes[1] = std::nullopt;
  request.sizes[2] = 61440 * 512;
  std::vector<FitItem> items = usual();
  items[0].canGrow = true;
  const auto places = fit(items, room(409600), request, false);
  CHECK(places[1].count == 61440);
  CHECK(places[0].count == 409600 - 2048 - 61440 - 8192);
  request.sizes[2] = 2048 * 512;
  CHECK_THAT(refusal(items, 409600, request), ContainsSubstring("cannot be made as small"));
  request.sizes[2] = std::nullopt;
  CHECK_THAT(refusal(items, 409600, request), ContainsSubstring("only one"));
  request.sizes = {{7, 1}};
  CHECK_THAT(refusal(items, 409600, request), ContainsSubstring("partition 7"));
  request.sizes = {{3, 409600 * 512}};
  CHECK_THAT(refusal(items, 1024000, request), ContainsSubstring("made larger"));
}

TEST_CASE("a partition that a boot loader knows by its place is not moved") {
  auto items = usual();
  items[2].pinned = true;
  CHECK_THAT(refusal(items, 102400), ContainsSubstring("has room for"));
  // One at the front is in nobody's way.
  items = usual();
  items[0].pinned = true;
  CHECK(fit(items, room(102400), {}, false)[0] == FitPlace{2048, 4096});
}

TEST_CASE("a logical partition has room in front of it for its boot record") {
  auto items = usual();
  items[1].lead = 2048;
  items[2].lead = 2048;
  items[1].first = 8192;
  items[2].first = 204800 + 4096;
  const auto places = fit(items, room(102400), {}, false);
  CHECK(places[2].first - (places[1].first + places[1].count) >= 2048);
  CHECK(places[2].first + places[2].count <= 102400);
}

TEST_CASE("what is needed and what there is stands in the refusal, with what would help") {
  const std::string text = refusal(usual(), 40960);
  CHECK_THAT(text, ContainsSubstring("has room for 19 MiB"));
  CHECK_THAT(text, ContainsSubstring("26 MiB"));
  CHECK_THAT(text, ContainsSubstring("--partitions"));
}

TEST_CASE("whatever the sizes are: inside, in order, apart, aligned where they moved") {
  std::mt19937 random(4711);
  const auto upTo = [&](std::uint64_t most) { return random() % most; };
  std::size_t placed = 0;
  for (int round = 0; round < 20000; ++round) {
    std::vector<FitItem> items;
    std::uint64_t at = 2048 + upTo(5000);
    for (std::uint32_t number = 1; number <= 1 + upTo(6); ++number) {
      const std::uint64_t count = 1 + upTo(500000);
      items.push_back(item(number, at, count, 1 + upTo(count), upTo(2) == 0));
      at += count + upTo(3) * 1000;
    }
    FitRequest request;
    if (upTo(4) == 0) request.mode = Mode::Keep;
    if (upTo(3) == 0) {
      const std::uint32_t number = 1 + static_cast<std::uint32_t>(upTo(items.size()));
      request.sizes[number] = upTo(600000) * 512 + 512;
    }
    const FitRoom where{items.front().first, 2048 + upTo(2 * at), upTo(2) == 0 ? 2048U : 256U, 512};
    std::vector<FitPlace> places;
    try {
      places = fit(items, where, request, upTo(2) == 0);
    } catch (const Error&) {
      continue;
    }
    ++placed;
    std::uint64_t end = where.first;
    for (std::size_t i = 0; i < items.size(); ++i) {
      REQUIRE(places[i].first >= end);
      end = places[i].first + places[i].count;
      REQUIRE((places[i].count >= items[i].minimum || places[i].count >= items[i].count));
      if (places[i].count > items[i].count) REQUIRE(items[i].canGrow);
      if (places[i].first != items[i].first) REQUIRE(places[i].first % where.align == 0);
      if (request.mode == Mode::Keep && request.sizes.empty()) {
        REQUIRE(places[i].count == items[i].count);
      }
    }
    REQUIRE(end <= where.end);
  }
  CHECK(placed > 5000);
}
