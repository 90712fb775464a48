// Where paths lead: links, "..", circles, and names that differ in case.
#include "clone/files/path_walk.h"

#include <map>

#include "platform/error.h"
#include "tests/support/catch.h"

using namespace disktwin;
using files::Backend;

namespace {

// Folders and links by number; node 0 is the root.
class Made final : public Backend {
 public:
  struct Thing {
    NodeType type = NodeType::Regular;
    std::map<std::string, Node> names;
    std::string target;
  };
  std::map<Node, Thing> things;
  bool ignoring = false;

  bool ignoresCase() const override { return ignoring; }
  Node root() const override { return 0; }
  NodeInfo info(Node node) override {
    NodeInfo out;
    out.type = things.at(node).type;
    return out;
  }
  void list(Node folder, const Each& each) override {
    for (const auto& [name, node] : things.at(folder).names) each(name, node, NodeType::Other);
  }
  std::size_t read(Node, std::uint64_t, std::span<std::byte>) override { return 0; }
  std::string readLink(Node link) override { return things.at(link).target; }
  Hash128 hashExtras(Node) override { return {}; }
};

Made sample() {
  Made out;
  out.things[0] = {NodeType::Folder,
                   {{"etc", 1}, {"usr", 2}, {"lib", 5}, {"loop", 6}, {"up", 7}, {"far", 8}},
                   {}};
  out.things[1] = {NodeType::Folder, {{"os-release", 3}, {"Fstab", 10}}, {}};
  out.things[2] = {NodeType::Folder, {{"lib", 4}}, {}};
  out.things[3] = {NodeType::Link, {}, "../usr/lib/os-release"};
  out.things[4] = {NodeType::Folder, {{"os-release", 9}}, {}};
  out.things[5] = {NodeType::Link, {}, "usr/lib"};
  out.things[6] = {NodeType::Link, {}, "loop"};
  out.things[7] = {NodeType::Link, {}, "../../../../etc"};
  out.things[8] = {NodeType::Link, {}, "/etc/os-release"};
  out.things[9] = {};
  out.things[10] = {};
  return out;
}

}  // namespace

TEST_CASE("paths lead through folders and links, never out of the volume") {
  Made made = sample();
  CHECK(files::walk(made, "", true) == 0U);
  CHECK(files::walk(made, "/", true) == 0U);
  CHECK(files::walk(made, "//usr/./lib//os-release", true) == 9U);
  CHECK(files::walk(made, "etc/os-release", true) == 9U);
  CHECK(files::walk(made, "etc/os-release", false) == 3U);
  CHECK(files::walk(made, "lib/os-release", false) == 9U);
  CHECK(files::walk(made, "far", true) == 9U);
  CHECK(files::walk(made, "up", true) == 1U);
  CHECK(files::walk(made, "../../etc/../usr", true) == 2U);
}

TEST_CASE("what is not there is not found") {
  Made made = sample();
  CHECK_FALSE(files::walk(made, "nothing", true));
  CHECK_FALSE(files::walk(made, "usr/lib/os-release/below", true));
  CHECK_FALSE(files::walk(made, "etc/fstab", true));
}

TEST_CASE("links in circles are an error") {
  Made made = sample();
  CHECK_THROWS_AS(files::walk(made, "loop", true), Error);
  CHECK(files::walk(made, "loop", false) == 6U);
}

TEST_CASE("a link that names itself twice does not grow without end") {
  Made made = sample();
  std::string target;
  for (int i = 0; i < 2000; ++i) target += "loop/loop/";
  made.things[6].target = target;
  CHECK_THROWS_AS(files::walk(made, "loop", true), Error);
}

TEST_CASE("where case does not matter the exact name comes first") {
  Made made = sample();
  made.ignoring = true;
  CHECK(files::walk(made, "ETC/fstab", true) == 10U);
  Made both = sample();
  both.ignoring = true;
  both.things[1].names["fstab"] = 9;
  CHECK(files::walk(both, "etc/fstab", true) == 9U);
  CHECK(files::walk(both, "etc/Fstab", true) == 10U);
}
