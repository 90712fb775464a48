// What systems write about themselves: os-release, fstab, crypttab, boot entries; also hostile
// ones.
#include <random>

#include "clone/system/device_spec.h"
#include "clone/system/loader_entry.h"
#include "clone/system/loaders.h"
#include "clone/system/mount_tables.h"
#include "clone/system/os_release.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::system;
using plan::Role;

TEST_CASE("os-release with all ways to quote") {
  const OsRelease out = parseOsRelease(
      "# comment\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME='Debian GNU/Linux'\n"
      "VERSION_ID=\"12\"\r\nID=debian\nID_LIKE=\"one two\"\nVERSION=\"a \\\"b\\\" "
      "\\$c\"\nnonsense\n");
  CHECK(out.prettyName == "Debian GNU/Linux 12 (bookworm)");
  CHECK(out.name == "Debian GNU/Linux");
  CHECK(out.versionId == "12");
  CHECK(out.id == "debian");
  CHECK(out.idLike == std::vector<std::string>{"one", "two"});
  CHECK(out.version == "a \"b\" $c");
  CHECK(out.title() == "Debian GNU/Linux 12 (bookworm)");
}

TEST_CASE("a title is made of what there is") {
  CHECK(parseOsRelease("").title() == "Linux");
  CHECK(parseOsRelease("ID=arch").title() == "arch");
  CHECK(parseOsRelease("NAME=Alpine\nVERSION_ID=3.19").title() == "Alpine 3.19");
}

TEST_CASE("names that would move a cursor are made harmless") {
  const OsRelease out = parseOsRelease("PRETTY_NAME=\"\x1b[2J\x07\"");
  CHECK(out.prettyName.find('\x1b') == std::string::npos);
  CHECK(parseOsRelease("NAME=\"" + std::string(1 << 20, 'x')).name.size() <= 256);
}

TEST_CASE("fstab") {
  const auto lines = parseFstab(
      "# comment\n\n  UUID=1234 / ext4 defaults 0 1\n\tLABEL=my\\040files\t/my\\040place/ auto\n"
      "broken\nalso broken\n//server/share /net cifs\n/dev/sda2 none swap sw");
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].source == "UUID=1234");
  CHECK(lines[0].point == "/");
  CHECK(lines[1].source == "LABEL=my files");
  CHECK(lines[1].point == "/my place");
  CHECK(lines[3].type == "swap");
}

TEST_CASE("what is the system's and what is the users'") {
  const auto role = [](const char* point, const char* type = "ext4") {
    return roleOf({"UUID=1", point, type, {}});
  };
  CHECK(role("/") == Role::Os);
  CHECK(role("/usr") == Role::Os);
  CHECK(role("/var/log") == Role::Os);
  CHECK(role("/opt") == Role::Os);
  CHECK(role("/boot") == Role::Boot);
  CHECK(role("/boot/firmware") == Role::Boot);
  CHECK(role("/boot/efi") == Role::EfiSystem);
  CHECK(role("/efi") == Role::EfiSystem);
  CHECK(role("none", "swap") == Role::Swap);
  for (const char* point :
       {"/home", "/srv", "/data", "/mnt/x", "/usrlocal", "/bootstrap", "/variable", ""}) {
    CHECK(role(point) == Role::Data);
  }
}

TEST_CASE("crypttab") {
  const auto lines =
      parseCrypttab("# c\nroot_crypt UUID=abc none luks\nlonely\nhome /dev/sda3 -\n");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].name == "root_crypt");
  CHECK(lines[0].source == "UUID=abc");
}

TEST_CASE("names of devices") {
  using By = DeviceSpec::By;
  const auto by = [](const char* text, By wanted, const std::string& value) {
    const DeviceSpec out = parseDeviceSpec(text);
    INFO(text);
    CHECK(out.by == wanted);
    CHECK((wanted == By::Mapper ? out.plain : out.value) == value);
  };
  by("UUID=ABCD-1234", By::Uuid, "ABCD-1234");
  by("UUID=\"quoted\"", By::Uuid, "quoted");
  by("/dev/disk/by-uuid/abc", By::Uuid, "abc");
  by("LABEL=my files", By::Label, "my files");
  by("/dev/disk/by-label/my\\x20files", By::Label, "my files");
  by("PARTUUID=1badcafe-05", By::PartUuid, "1badcafe-05");
  by("/dev/disk/by-partuuid/x", By::PartUuid, "x");
  by("PARTLABEL=srv", By::PartLabel, "srv");
  by("/dev/disk/by-partlabel/srv", By::PartLabel, "srv");
  by("/dev/mapper/debian--vg-root", By::Mapper, "debian--vg-root");
  by("/dev/debian-vg/root", By::Mapper, "debian--vg-root");
  for (const char* nothing :
       {"tmpfs", "", "UUID=", "/dev/", "/dev/mapper/", "server:/share", "/swapfile", "/dev/a/b/c",
        "/dev//b", "/dev/a/", "/dev/disk/by-uuid/", "\"", "LABEL=''"}) {
    by(nothing, By::Nothing, "");
  }
}

TEST_CASE("numbers of partitions in the names of devices") {
  const auto number = [](const char* text) {
    const DeviceSpec out = parseDeviceSpec(text);
    return out.by == DeviceSpec::By::Number ? static_cast<int>(out.number) : -1;
  };
  CHECK(number("/dev/sda3") == 3);
  CHECK(number("/dev/sdaa12") == 12);
  CHECK(number("/dev/vda1") == 1);
  CHECK(number("/dev/nvme0n1p2") == 2);
  CHECK(number("/dev/mmcblk0p1") == 1);
  CHECK(number("/dev/disk/by-id/ata-DISK_1-part7") == 7);
  CHECK(number("/dev/sda") == -1);
  CHECK(number("/dev/nvme0n1") == -1);
  CHECK(number("/dev/fd0") == -1);
  CHECK(number("/dev/disk/by-id/ata-DISK_1") == -1);
  CHECK(number("/dev/sda99999999999999999999") == 0);
}

TEST_CASE("boot entries") {
  const LoaderEntry out = parseLoaderEntry(
      "# c\ntitle   Fedora 40\nlinux /vmlinuz\noptions  quiet root=UUID=abc ro\nbroken\n");
  CHECK(out.title == "Fedora 40");
  CHECK(out.root == "UUID=abc");
  CHECK(parseLoaderEntry("").root.empty());
  CHECK(isKernelName("vmlinuz-6.1.0-9-amd64"));
  CHECK_FALSE(isKernelName("config-6.1.0"));
}

TEST_CASE("noise gives no trouble") {
  std::mt19937 random(7);
  const std::string letters =
      "UUID=/dev/\\\"' \t\n#=x\\040\\x20\0\xff"
      "titleoptionsroot=swap";
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const std::size_t length = random() % 200;
    for (std::size_t i = 0; i < length; ++i) {
      text += random() % 8 == 0 ? static_cast<char>(random()) : letters[random() % letters.size()];
    }
    parseFstab(text);
    parseCrypttab(text);
    parseOsRelease(text).title();
    parseDeviceSpec(text);
    parseLoaderEntry(text);
  }
  const std::string many(1 << 20, '\n');
  CHECK(parseFstab(many).empty());
  CHECK(parseFstab(std::string(1 << 20, '\\')).empty());
}

TEST_CASE("what a GRUB script looks for") {
  using system::uuidsSought;
  CHECK(
      uuidsSought("search.fs_uuid 1b2c3d4e-0000-4000-8000-000000000001 root hd0,gpt2\nset x=1\n") ==
      std::vector<std::string>{"1b2c3d4e-0000-4000-8000-000000000001"});
  CHECK(uuidsSought("  search --no-floppy --fs-uuid --set=root ABCD-1234") ==
        std::vector<std::string>{"ABCD-1234"});
  CHECK(uuidsSought("search --label deadbeef\nlinux /vmlinuz root=UUID=deadbeef").empty());
  CHECK(uuidsSought("search.fs_uuid").empty());
  CHECK(uuidsSought("").empty());
}

TEST_CASE("lines that nothing waits for") {
  const auto isOptional = [](const std::string& options) {
    return parseFstab("UUID=1 /x ext4 " + options + " 0 2").front().isOptional();
  };
  CHECK(isOptional("nofail"));
  CHECK(isOptional("rw,noauto,x"));
  CHECK_FALSE(isOptional("defaults"));
  CHECK_FALSE(isOptional("x-nofail,nofailure"));
}
