// Lines of an fstab that may fail, and all others as they were.
#include "clone/system/left_behind.h"

#include <random>

#include "tests/support/catch.h"

using namespace disktwin;
using system::MountLine;
using system::tolerating;

namespace {

bool isData(const MountLine& line) {
  return line.point == "/data" || line.type == "swap";
}

}  // namespace

TEST_CASE("only lines of what is absent are changed, and only their options") {
  const std::string before =
      "# /data is here\n"
      "UUID=1 / ext4 errors=remount-ro 0 1\n"
      "\n"
      "LABEL=big\t/data\text4   defaults\t0  2 # old disk\n"
      "UUID=2 none swap sw 0 0\n";
  const std::string after =
      "# /data is here\n"
      "UUID=1 / ext4 errors=remount-ro 0 1\n"
      "\n"
      "LABEL=big\t/data\text4   defaults,nofail,x-systemd.device-timeout=5s\t0  2 # old disk\n"
      "UUID=2 none swap sw,nofail,x-systemd.device-timeout=5s 0 0\n";
  CHECK(tolerating(before, isData) == after);
  // It is enough to do it once.
  CHECK(tolerating(after, isData) == after);
}

TEST_CASE("lines that may fail already, and that nobody mounts, stay") {
  for (const char* line : {"LABEL=big /data ext4 nofail 0 2", "LABEL=big /data ext4 ro,nofail",
                           "LABEL=big /data ext4 noauto,user 0 0", "LABEL=big /data",
                           "#LABEL=big /data ext4 defaults 0 2"}) {
    INFO(line);
    CHECK(tolerating(line, isData) == line);
  }
  // An option that only begins so is another.
  CHECK_THAT(tolerating("LABEL=big /data ext4 nofails", isData),
             ContainsSubstring("nofails,nofail,"));
}

TEST_CASE("a line without options gets some, and the end of a file stays as it is") {
  CHECK(tolerating("LABEL=big /data ext4", isData) ==
        "LABEL=big /data ext4 defaults,nofail,x-systemd.device-timeout=5s");
  CHECK(tolerating("", isData).empty());
  CHECK(tolerating("\n\n", isData) == "\n\n");
}

TEST_CASE("a crypttab says the same of what is locked") {
  const auto isHome = [](const system::CryptLine& line) { return line.name == "home"; };
  const auto now = [&](std::string_view text) { return system::toleratingLocked(text, isHome); };
  const std::string patience = "nofail,x-systemd.device-timeout=5s";
  CHECK(now("root UUID=1 none luks\nhome UUID=2 none luks,discard\n") ==
        "root UUID=1 none luks\nhome UUID=2 none luks,discard," + patience + "\n");
  CHECK(now("home UUID=2") == "home UUID=2 none " + patience);
  CHECK(now("home UUID=2 /etc/key") == "home UUID=2 /etc/key " + patience);
  CHECK(now("home UUID=2 none nofail") == "home UUID=2 none nofail");
  CHECK(now("home UUID=2 none noauto,luks") == "home UUID=2 none noauto,luks");
  CHECK(now("# home UUID=2\nhome2 UUID=2") == "# home UUID=2\nhome2 UUID=2");
}

TEST_CASE("whatever a file holds, without an absent line it comes out as it was") {
  std::mt19937 random(3);
  const std::string letters = "a/\t \n#,=\0\xFFn";
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (std::size_t i = random() % 200; i > 0; --i) text += letters[random() % letters.size()];
    CHECK(tolerating(text, [](const MountLine&) { return false; }) == text);
    tolerating(text, [](const MountLine&) { return true; });
  }
}
