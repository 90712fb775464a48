// The text in which groups are described.
#include "clone/fs/lvm/config.h"

#include "clone/fs/lvm/unproven.h"
#include "tests/support/catch.h"

using namespace disktwin;
using fs::lvm::Config;
using fs::lvm::Unproven;

namespace {

bool isRefused(std::string text) {
  try {
    const Config config(std::move(text));
    return false;
  } catch (const Unproven& unproven) {
    CHECK_FALSE(unproven.why.empty());
    return true;
  }
}

}  // namespace

TEST_CASE("sections, numbers, strings, lists and comments are read") {
  const Config config(
      "# first\na = 12 # behind\n b=\"x # \\\"y\\\\\" c = [ \"one\", 2,3 ] # }\n"
      "empty = []\n\"quoted name\" { inner { n = 18446744073709551615 } }\nf = 1.5 n = -3\n");
  CHECK(config.needNumber(config.root(), "a") == 12);
  CHECK(config.needString(config.root(), "b") == "x # \"y\\");
  std::vector<std::string> items;
  config.each(*config.list(config.root(), "c"), [&](const Config::Node& node) {
    items.push_back(node.kind == Config::Node::Kind::Number ? std::to_string(node.number)
                                                            : std::string(node.text));
  });
  CHECK(items == std::vector<std::string>{"one", "2", "3"});
  CHECK(config.list(config.root(), "empty")->child == 0);
  const auto* outer = config.section(config.root(), "quoted name");
  REQUIRE(outer);
  CHECK(config.needNumber(*config.section(*outer, "inner"), "n") == ~std::uint64_t{0});
  CHECK(config.find(config.root(), "f")->kind == Config::Node::Kind::Other);
  CHECK(config.find(config.root(), "n")->kind == Config::Node::Kind::Other);
  CHECK(config.find(config.root(), "nothing") == nullptr);
}

TEST_CASE("what is missing, twice there or of another kind is not guessed") {
  const Config config("a = 1 a = 2 s = \"x\" big = 18446744073709551616");
  CHECK_THROWS_AS(config.find(config.root(), "a"), Unproven);
  CHECK_THROWS_AS(config.number(config.root(), "s"), Unproven);
  CHECK_THROWS_AS(config.string(config.root(), "big"), Unproven);
  CHECK_THROWS_AS(config.needNumber(config.root(), "big"), Unproven);
  CHECK_THROWS_AS(config.needString(config.root(), "none"), Unproven);
  CHECK_THROWS_AS(config.section(config.root(), "s"), Unproven);
}

TEST_CASE("what is no such text is refused") {
  for (const char* text :
       {"a", "a =", "a = [", "a = [1", "a = [1,]", "a = [1 2]", "a {", "a { b", "}", "= 1",
        "a = \"x", "a = \"x\\", "[1]", "a = }", "{ }", "a = [[1]]"}) {
    INFO(text);
    CHECK(isRefused(text));
  }
  CHECK_FALSE(isRefused(""));
  CHECK_FALSE(isRefused(std::string("a = 1\n\0\0", 8)));
}

TEST_CASE("nesting and length are bounded") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "a{";
  CHECK(isRefused(deep));
  std::string wide;
  for (int i = 0; i < 700'000; ++i) wide += "a=1 ";
  CHECK(isRefused(wide));
}
