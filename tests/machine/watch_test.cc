// From what a machine shows to a conclusion.
#include "machine/watch.h"

#include "machine/screen.h"
#include "tests/support/catch.h"

using namespace disktwin::machine;

namespace {

Sign signOf(const std::string& text) {
  const auto finding = findSign(text);
  REQUIRE(finding);
  return finding->sign;
}

Sample at(double seconds, const std::string& screen, std::uint64_t operations = 100,
          double share = 0) {
  Sample out;
  out.seconds = seconds;
  out.screen = screen;
  out.diskOperations = operations;
  out.processorShare = share;
  return out;
}

}  // namespace

TEST_CASE("a login prompt is one, whatever the kernel says behind it") {
  CHECK(signOf("Debian GNU/Linux 12 system tty1\n\nsystem login:") == Sign::Up);
  CHECK(signOf("server login: [   12.3] random: crng init done\n") == Sign::Up);
  CHECK(signOf("s\x1a\x1atem login:") == Sign::Up);
  CHECK(findSign("a\nserver login: [   12.3] random")->what == "a login prompt: 'server login:'");
  CHECK_FALSE(findSign("Last login: Tue"));
  CHECK_FALSE(findSign("Starting getty for login: done"));
  CHECK_FALSE(findSign(" login:"));
  CHECK_FALSE(findSign("Welcome to Debian"));
  CHECK_FALSE(findSign(""));
}

TEST_CASE("dead ends are known") {
  for (const char* text :
       {"SeaBIOS\nNo bootable device.", "BdsDxe: No bootable option or device was found.",
        "UEFI Interactive Shell v2.2", "error: unknown filesystem.\ngrub rescue>",
        "BOOTMGR is missing\nPress Ctrl+Alt+Del", "[ 1.2] Kernel panic - not syncing: VFS",
        "ALERT! does not exist. Dropping to a shell!\n(initramfs)",
        "You are in emergency mode. After logging in", "   Minimal BASH-like line editing is"}) {
    CHECK(signOf(text) == Sign::Down);
  }
  CHECK(signOf("Please unlock disk crypt:") == Sign::Asks);
  CHECK(findSign("Kernel panic - not syncing")->atOnce);
  CHECK_FALSE(findSign("grub rescue>")->atOnce);
}

TEST_CASE("characters that were not read may be any, but not all of them") {
  CHECK(signOf("(init\x1a"
               "am\x1as)") == Sign::Down);
  CHECK_FALSE(findSign(std::string(40, kUnknown)));
  CHECK_FALSE(findSign("(\x1a\x1a\x1a\x1a\x1a\x1a\x1a\x1a)"));
}

TEST_CASE("the last sign counts") {
  CHECK(signOf("You are in emergency mode\nsystem login:") == Sign::Up);
  CHECK(signOf("system login:\nKernel panic - not syncing") == Sign::Down);
}

TEST_CASE("a serial port's control sequences are no text") {
  CHECK(plainText("\x1b[0m\x1b[37mone\x1b[2J\x1b[01;01Htwo\r\n\x07three\x1b") == "one\ntwo\nthree");
  CHECK(plainText(std::string(20000, 'x')).size() <= 8192);
  CHECK(plainText("\x1b[999999") == "");
}

TEST_CASE("a dead end is believed when nothing happens any more") {
  Watch watch({});
  CHECK_FALSE(watch.look(at(1, "grub rescue>", 10)));
  CHECK_FALSE(watch.look(at(5, "grub rescue>", 11)));
  CHECK_FALSE(watch.look(at(10, "grub rescue> _", 11)));
  const auto verdict = watch.look(at(12, "grub rescue>\n\n_", 11));
  REQUIRE(verdict);
  CHECK(verdict->outcome == Outcome::DidNotComeUp);
}

TEST_CASE("a system that asks for a passphrase is neither up nor down") {
  Watch watch({});
  CHECK_FALSE(watch.look(at(1, "Please unlock disk x:")));
  CHECK(watch.look(at(10, "Please unlock disk x:"))->outcome == Outcome::CannotTell);
}

TEST_CASE("the button is pressed when there is nothing to do, and again after a while") {
  Watch watch({});
  const auto presses = [&](double seconds, double share, std::uint64_t operations) {
    CHECK_FALSE(watch.look(at(seconds, "picture", operations, share)));
    return watch.wantsButton();
  };
  CHECK_FALSE(presses(8, 0, 0));  // nobody has read anything
  CHECK_FALSE(presses(10, 1.5, 500));
  CHECK_FALSE(presses(12, 0.1, 500));
  CHECK(presses(15, 0.1, 501));
  CHECK_FALSE(presses(20, 0.1, 501));
  CHECK(presses(36, 0.1, 501));
  Sample off = at(40, "");
  off.switchedOff = true;
  CHECK(watch.look(off)->outcome == Outcome::CameUp);
}

TEST_CASE("it is pressed in the end though the machine is never idle") {
  Watch watch({100, 6, 4, 20});
  CHECK_FALSE(watch.look(at(50, "a", 100, 2)));
  CHECK_FALSE(watch.wantsButton());
  CHECK_FALSE(watch.look(at(61, "b", 200, 2)));
  CHECK(watch.wantsButton());
}

TEST_CASE("at a dead end the button is left alone") {
  Watch watch({});
  CHECK_FALSE(watch.look(at(10, "grub rescue>", 5, 2)));
  CHECK_FALSE(watch.look(at(15, "grub rescue>", 5, 0)));
  CHECK_FALSE(watch.wantsButton());
}

TEST_CASE("who switches himself off without being asked has not come up") {
  Watch watch({});
  Sample off = at(5, "");
  off.switchedOff = true;
  CHECK(watch.look(off)->outcome == Outcome::DidNotComeUp);
}

TEST_CASE("a boot sector after which nothing is read is given up") {
  Watch watch({});
  CHECK_FALSE(watch.look(at(5, "Booting from Hard Disk...", 1, 1)));
  CHECK_FALSE(watch.look(at(30, "Booting from Hard Disk...", 1, 1)));
  CHECK(watch.look(at(36, "Booting from Hard Disk...", 1, 1))->outcome == Outcome::DidNotComeUp);
  // Who has read more may be busy with it.
  Watch other({});
  CHECK_FALSE(other.look(at(5, "Booting from Hard Disk...", 50, 1)));
  CHECK_FALSE(other.look(at(100, "Booting from Hard Disk...", 50, 1)));
}

TEST_CASE("one reset is forgiven, a loop of them is not") {
  Watch watch({});
  Sample sample = at(5, "");
  sample.resets = 2;
  CHECK_FALSE(watch.look(sample));
  sample.resets = 4;
  CHECK(watch.look(sample)->outcome == Outcome::DidNotComeUp);
}

TEST_CASE("when the time is over, what was seen last is said") {
  Watch watch({});
  const auto verdict = watch.look(at(301, "first\nthe last words\n\x1a"));
  REQUIRE(verdict);
  CHECK(verdict->outcome == Outcome::CannotTell);
  CHECK_THAT(verdict->because, ContainsSubstring("the last words"));
}
