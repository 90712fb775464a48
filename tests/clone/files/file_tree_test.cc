// Children that crash, hang, lie or eat memory do no harm to whoever asks them.
#include "clone/files/file_tree.h"

#include <fcntl.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "clone/files/packing.h"
#include "clone/files/protocol.h"
#include "platform/sanitizer.h"
#include "tests/support/catch.h"
#include "tests/support/memory_disk.h"

using namespace disktwin;
using namespace std::chrono_literals;
using files::FileTree;
using files::Kind;
using files::Packer;

namespace {

void say(ChildEnd& parent, Kind kind, const Packer& body) {
  parent.send(static_cast<std::uint32_t>(kind), body.done());
}

// A child that says that it is ready, and then does as `rest` says at each request.
std::unique_ptr<FileTree> treeOf(const std::function<void(ChildEnd&)>& rest,
                                 ReaderPtr disk = nullptr, const ProcessLimits& limits = {}) {
  if (!disk) disk = std::make_shared<test::MemoryDisk>(1 * MiB);
  auto child = std::make_unique<ConfinedProcess>("volume", limits, -1, [&](ChildEnd& parent) {
    say(parent, Kind::Ready, Packer().number(0));
    while (true) {
      parent.receive();
      rest(parent);
    }
  });
  auto out = std::make_unique<FileTree>(disk, std::move(child));
  out->setPatience(10s);
  return out;
}

std::size_t children() {
  std::ifstream in("/proc/self/task/" + std::filesystem::read_symlink("/proc/self").string() +
                   "/children");
  std::size_t count = 0;
  for (std::string pid; in >> pid;) ++count;
  return count;
}

}  // namespace

TEST_CASE("a child that crashes is an error, now and later") {
  const auto tree = treeOf([](ChildEnd&) { std::raise(SIGSEGV); });
  CHECK_THROWS_WITH(tree->stat("x"), ContainsSubstring("crash") || ContainsSubstring("ended"));
  CHECK_THROWS_AS(tree->stat("x"), Error);
  CHECK_THROWS_AS(tree->listSome("", 5), Error);
}

TEST_CASE("a child that ends is an error") {
  const auto tree = treeOf([](ChildEnd&) { std::_Exit(0); });
  CHECK_THROWS_WITH(tree->stat("x"), ContainsSubstring("ended without an answer"));
}

TEST_CASE("a child that throws is an error") {
  const auto tree = treeOf([](ChildEnd&) { throw 1; });
  CHECK_THROWS_WITH(tree->stat("x"), ContainsSubstring("ended without an answer"));
}

TEST_CASE("a child that does not answer is given up") {
  const auto tree = treeOf([](ChildEnd&) {
    while (true) std::this_thread::sleep_for(1h);
  });
  tree->setPatience(300ms);
  const auto before = std::chrono::steady_clock::now();
  CHECK_THROWS_WITH(tree->stat("x"), ContainsSubstring("did not answer in time"));
  CHECK(std::chrono::steady_clock::now() - before < 5s);
}

TEST_CASE("a child that asks for bytes for ever is given up") {
  const auto tree = treeOf([](ChildEnd& parent) {
    while (true) {
      say(parent, Kind::NeedBytes, Packer().number(0).number(512).number(0));
      parent.receive();
    }
  });
  tree->setPatience(300ms);
  CHECK_THROWS_WITH(tree->stat("x"), ContainsSubstring("did not answer in time"));
}

TEST_CASE("a child that only computes is ended by the kernel") {
  ProcessLimits limits;
  limits.processorSeconds = 1;
  const auto tree = treeOf(
      [](ChildEnd&) {
        static std::atomic<std::uint64_t> counter{0};
        while (true) counter.fetch_add(1);
      },
      nullptr, limits);
  CHECK_THROWS_WITH(tree->stat("x"),
                    ContainsSubstring("processor time") || ContainsSubstring("in time"));
}

TEST_CASE("a tree whose child has gone says so") {
  const auto gone = treeOf([](ChildEnd&) { std::_Exit(1); });
  CHECK_FALSE(gone->isBroken());
  CHECK_THROWS_AS(gone->describe(1), Error);
  CHECK(gone->isBroken());
  const auto whole =
      treeOf([](ChildEnd& parent) { say(parent, Kind::Failed, Packer().text("no such folder")); });
  CHECK_THROWS_AS(whole->describe(1), Error);
  CHECK_FALSE(whole->isBroken());
}

TEST_CASE("answers that make no sense are errors") {
  SECTION("of another kind") {
    const auto tree = treeOf([](ChildEnd& parent) { parent.send(999, {}); });
    CHECK_THROWS_WITH(tree->stat("x"), ContainsSubstring("rubbish"));
  }
  SECTION("too short") {
    const auto tree = treeOf([](ChildEnd& parent) { say(parent, Kind::Answer, Packer()); });
    CHECK_THROWS_AS(tree->stat("x"), Error);
    CHECK_THROWS_AS(tree->readLink("x"), Error);
  }
  SECTION("more bytes than were asked for") {
    const auto tree = treeOf([](ChildEnd& parent) {
      say(parent, Kind::Answer, Packer().bytes(std::vector<std::byte>(5000)));
    });
    std::vector<std::byte> out(16);
    CHECK_THROWS_WITH(tree->read("x", 0, out), ContainsSubstring("rubbish"));
  }
  SECTION("a folder without end") {
    const auto tree =
        treeOf([](ChildEnd& parent) { say(parent, Kind::Answer, Packer().number(1)); });
    CHECK_THROWS_WITH(tree->list("", [](const files::Entry&) { return true; }),
                      ContainsSubstring("no end"));
  }
  SECTION("a file that is larger than it says stays within what was asked") {
    const auto tree = treeOf([](ChildEnd& parent) {
      Packer info;
      info.number(1).number(2).number(0).number(~0ULL);
      for (int i = 0; i < 8; ++i) info.number(0);
      say(parent, Kind::Answer, info);
    });
    CHECK_FALSE(tree->readText("x", 1000));
  }
}

TEST_CASE("a first word that is none is an error") {
  const auto make = [](const ConfinedProcess::Work& work) {
    return FileTree(std::make_shared<test::MemoryDisk>(1 * MiB),
                    std::make_unique<ConfinedProcess>("volume", ProcessLimits{}, -1, work));
  };
  CHECK_THROWS_AS(make([](ChildEnd& parent) { parent.send(5, {}); }), Error);
  CHECK_THROWS_AS(make([](ChildEnd&) {}), Error);
  CHECK_THROWS_WITH(make([](ChildEnd& parent) {
                      say(parent, Kind::Failed, Packer().text("the\x1b[31m reason"));
                    }),
                    ContainsSubstring("reason") && !ContainsSubstring("\x1b"));
}

TEST_CASE("bytes outside of the volume cannot be had") {
  const auto tree = treeOf([](ChildEnd& parent) {
    for (const auto& [offset, length] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
             {MiB - 1, 2}, {~0ULL, 2}, {0, ~0ULL}, {0, 2 * MiB}, {2 * MiB, 1}}) {
      say(parent, Kind::NeedBytes, Packer().number(offset).number(length).number(0));
      if (parent.receive().kind != static_cast<std::uint32_t>(Kind::NoBytes)) std::_Exit(0);
    }
    say(parent, Kind::NeedBytes, Packer().number(MiB - 4).number(4).number(0));
    const auto last = parent.receive();
    say(parent, Kind::Failed, Packer().text(last.body.size() == 4 ? "as it should be" : "wrong"));
  });
  CHECK_THROWS_WITH(tree->stat("x"), ContainsSubstring("as it should be"));
  // A failure is no crash: the child goes on.
  CHECK_THROWS_WITH(tree->stat("x"), ContainsSubstring("as it should be"));
}

TEST_CASE("memory is limited, and a child cannot write, start or open anything") {
  if (isSanitized()) return;
  ProcessLimits limits;
  limits.memory = 64 * MiB;
  const auto tree = treeOf(
      [](ChildEnd& parent) {
        std::string wrong;
        if (void* got = std::malloc(256 * MiB)) {
          wrong += "memory ";
          std::free(got);
        }
        std::ofstream out("/tmp/disktwin-must-not-be");
        out << "text" << std::flush;
        if (std::filesystem::exists("/tmp/disktwin-must-not-be") &&
            std::filesystem::file_size("/tmp/disktwin-must-not-be") > 0) {
          wrong += "file ";
        }
        parent.confine(ChildEnd::May::Compute);
        if (std::ifstream("/etc/passwd").is_open()) wrong += "open ";
        if (std::system("true") == 0) wrong += "system ";
        say(parent, Kind::Failed, Packer().text(wrong.empty() ? "nothing" : wrong));
      },
      nullptr, limits);
  CHECK_THROWS_WITH(tree->stat("x"), ContainsSubstring("nothing"));
  std::filesystem::remove("/tmp/disktwin-must-not-be");
}

TEST_CASE("a child has its socket and nothing else") {
  const std::ifstream open("/proc/self/stat");
  const auto tree = treeOf([](ChildEnd& parent) {
    std::string all;
    for (int fd = 4; fd < 1024; ++fd) {
      if (::fcntl(fd, F_GETFD) >= 0) all += std::to_string(fd) + " ";
    }
    say(parent, Kind::Failed, Packer().text("open: " + all + "."));
  });
  CHECK_THROWS_WITH(tree->stat("x"), ContainsSubstring("open: ."));
}

TEST_CASE("no zombies are left") {
  const std::size_t before = children();
  for (int i = 0; i < 20; ++i) {
    const auto tree = treeOf([](ChildEnd&) { std::abort(); });
    CHECK_THROWS_AS(tree->stat("x"), Error);
  }
  for (int i = 0; i < 20; ++i) treeOf([](ChildEnd&) {});
  CHECK(children() == before);
}
