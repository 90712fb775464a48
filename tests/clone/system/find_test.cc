// From evidence to roles: volumes inside volumes, what this machine has mounted, and what stays
// unknown. The survey is made up, the filesystems are made by their own tools.
#include "clone/system/find.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

#include "clone/io/file_reader.h"
#include "tests/support/catch.h"
#include "tests/support/memory_disk.h"
#include "tests/support/temp_folder.h"

using namespace disktwin;
using plan::Role;

namespace {

void shell(const std::string& command) {
  REQUIRE(std::system(("PATH=$PATH:/usr/sbin:/sbin; " + command + " >/dev/null 2>&1").c_str()) ==
          0);
}

// What a reader of that type would say.
class Fake final : public fs::FileSystem {
 public:
  explicit Fake(std::string type) { info_.type = std::move(type); }
  const fs::VolumeInfo& info() const override { return info_; }
  fs::UsedMap used() const override { return {}; }
  ExtentSet signatures() const override { return {}; }
  Inside inside(std::size_t index) const override { return inside_.at(index); }

  Fake& add(const std::string& name, const std::string& type, ReaderPtr reader) {
    fs::InnerVolume inner{name, "linear", 0, {}, {}};
    inner.content.type = type;
    info_.inner.push_back(inner);
    inside_.push_back({std::move(reader), nullptr});
    return *this;
  }
  fs::VolumeInfo info_;
  std::vector<Inside> inside_;
};

struct Disk {
  test::TempFolder folder;
  plan::Survey survey;
  std::vector<std::shared_ptr<Fake>> fakes;

  Disk() { survey.layout.kind = table::TableKind::Gpt; }

  // An ext4 with a few files: "path" and "content".
  ReaderPtr ext4(const std::vector<std::pair<std::string, std::string>>& files) {
    const std::string root = folder.file(fmt::format("root{}", made_));
    const std::string disk = folder.file(fmt::format("disk{}", made_++));
    shell("mkdir -p " + root);
    for (const auto& [path, content] : files) {
      shell("mkdir -p $(dirname " + root + "/" + path + ")");
      std::ofstream(root + "/" + path) << content;
    }
    shell("mke2fs -q -t ext4 -d " + root + " " + disk + " 8M");
    return std::make_shared<FileReader>(File::openRead(disk));
  }

  plan::Volume& add(const std::string& type, ReaderPtr reader, const std::string& uuid = {}) {
    plan::Volume volume;
    volume.partition = static_cast<std::uint32_t>(survey.volumes.size() + 1);
    volume.type = type;
    volume.uuid = uuid;
    volume.reader = reader ? std::move(reader) : std::make_shared<test::MemoryDisk>(MiB);
    volume.kind.name = "Linux filesystem";
    if (!type.empty()) {
      fakes.push_back(std::make_shared<Fake>(type));
      volume.fs = fakes.back();
    } else {
      volume.doubt = "nothing known was found on it";
    }
    survey.volumes.push_back(std::move(volume));
    return survey.volumes.back();
  }
  const plan::Volume& volume(std::uint32_t partition) const { return *survey.find(partition); }

 private:
  int made_ = 0;
};

const std::string kRelease = "PRETTY_NAME=\"Debian 12\"\nID=debian\nVERSION_ID=12\n";

}  // namespace

TEST_CASE("a system in a logical volume takes the partition of its physical volume") {
  Disk disk;
  disk.add("LVM2_member", nullptr);
  disk.fakes.back()->add("my-group/root", "ext4",
                         disk.ext4({{"etc/os-release", kRelease},
                                    {"etc/fstab",
                                     "/dev/mapper/my--group-root / ext4 x\n"
                                     "/dev/my-group/data /srv ext4 x\n"
                                     "/dev/my-group/swap none swap x\n"}}));
  // The group's other physical volume: parts of it cannot be read from there alone.
  disk.add("LVM2_member", nullptr);
  disk.fakes.back()->add("my-group/swap", "", nullptr);
  disk.add("LVM2_member", nullptr);
  disk.fakes.back()->add("my-group/data", "ext4", disk.ext4({{"one", "x"}}));
  system::findSystems(disk.survey);
  REQUIRE(disk.survey.systems.size() == 1);
  const plan::System& system = disk.survey.systems.front();
  CHECK(system.name == "Debian 12");
  CHECK(system.root == 1);
  CHECK(system.where == "partition 1, logical volume my-group/root");
  CHECK(disk.volume(1).role == Role::Os);
  CHECK_THAT(disk.volume(1).roleWhy,
             ContainsSubstring("holds logical volume my-group/root, root of Debian 12"));
  CHECK(disk.volume(2).role == Role::Swap);
  CHECK(system.needs(2));
  CHECK(disk.volume(3).role == Role::Data);
  CHECK_THAT(disk.volume(3).roleWhy, ContainsSubstring("mounted at /srv"));
  CHECK_FALSE(system.needs(3));
}

TEST_CASE("what cannot be looked into is unknown, unless a system says whose it is") {
  Disk disk;
  disk.add("ext4",
           disk.ext4({{"etc/os-release", kRelease},
                      {"etc/fstab", "UUID=home /home ext4 x\nUUID=other /mnt/other ext4 x\n"}}));
  disk.add("ext4", nullptr, "home");  // zeroes: no reader can open it
  disk.add("ext4", nullptr, "other");
  disk.add("ext4", nullptr, "third");
  disk.add("", nullptr);
  disk.add("f2fs", nullptr);
  disk.add("crypto_LUKS", nullptr);
  disk.add("swap", nullptr);
  system::findSystems(disk.survey);
  CHECK(disk.volume(1).role == Role::Os);
  CHECK(disk.volume(2).role == Role::Data);
  CHECK(disk.volume(3).role == Role::Unknown);
  CHECK_THAT(disk.volume(3).roleWhy, ContainsSubstring("mounted at /mnt/other"));
  for (const std::uint32_t number : {4U, 5U, 6U, 7U}) {
    INFO(number);
    CHECK(disk.volume(number).role == Role::Unknown);
    CHECK_FALSE(disk.volume(number).roleWhy.empty());
    CHECK_FALSE(disk.survey.systems.front().needs(number));
  }
  CHECK(disk.volume(8).role == Role::Swap);
  CHECK(disk.survey.systems.front().needs(8));
}

TEST_CASE("a volume whose log has not been replayed is not said to hold nothing") {
  Disk disk;
  disk.add("ext4", disk.ext4({{"one", "x"}}));
  disk.fakes.back()->info_.state = fs::VolumeState::NeedsRecovery;
  disk.add("ext4", disk.ext4({{"one", "x"}}));
  system::findSystems(disk.survey);
  CHECK(disk.volume(1).role == Role::Unknown);
  CHECK(disk.volume(2).role == Role::Data);
}

TEST_CASE("what this machine has mounted counts") {
  Disk disk;
  const auto mounted = [](const char* point) {
    return Use{Use::Kind::Mounted, "/dev/x", std::string("mounted at ") + point, point, {}, false};
  };
  disk.add("xfs", nullptr).uses = {mounted("/")};
  disk.add("ext4", disk.ext4({{"vmlinuz-6.1", "x"}})).uses = {mounted("/boot")};
  disk.add("xfs", nullptr).uses = {mounted("/home")};
  disk.add("xfs", nullptr).uses = {mounted("/var/tmp/backup")};
  system::findSystems(disk.survey);
  REQUIRE(disk.survey.systems.size() == 1);
  CHECK(disk.survey.systems.front().name == "the running Linux");
  CHECK(disk.volume(1).role == Role::Os);
  CHECK(disk.volume(2).role == Role::Boot);
  CHECK(disk.survey.systems.front().needs(2));
  CHECK(disk.volume(3).role == Role::Data);
  CHECK(disk.volume(4).role == Role::Unknown);
}

TEST_CASE("a /boot that nobody names belongs to all who name none") {
  Disk disk;
  disk.add("ext4", disk.ext4({{"etc/os-release", kRelease}}));
  disk.add("ext4",
           disk.ext4({{"etc/os-release", "ID=other\n"}, {"etc/fstab", "UUID=own /boot ext4 x\n"}}));
  disk.add("ext4", disk.ext4({{"vmlinuz", "x"}, {"grub/grub.cfg", "x"}}));
  disk.add("ext4", disk.ext4({{"vmlinuz", "x"}}), "own");
  system::findSystems(disk.survey);
  REQUIRE(disk.survey.systems.size() == 2);
  CHECK(disk.volume(3).role == Role::Boot);
  CHECK(disk.survey.systems[0].needs(3));
  CHECK_FALSE(disk.survey.systems[1].needs(3));
  CHECK(disk.survey.systems[1].needs(4));
}

TEST_CASE("a root with a /usr of its own gets its name from there") {
  Disk disk;
  disk.add("ext4", disk.ext4({{"etc/fstab", "UUID=usr /usr ext4 x\n"}, {"sbin/init", "x"}}));
  disk.add("ext4", disk.ext4({{"lib/os-release", kRelease}}), "usr");
  system::findSystems(disk.survey);
  REQUIRE(disk.survey.systems.size() == 1);
  CHECK(disk.survey.systems.front().name == "Debian 12");
  CHECK(disk.volume(2).role == Role::Os);
  CHECK(disk.survey.systems.front().needs(2));
}

TEST_CASE("hostile tables neither hang nor name what they like") {
  Disk disk;
  std::string fstab;
  for (int i = 0; i < 30000; ++i) fstab += "/dev/sda2 /boot/x\x1b[31m ext4 x\n";
  disk.add("ext4", disk.ext4({{"etc/os-release", kRelease}, {"etc/fstab", fstab}}));
  disk.add("ext4", disk.ext4({{"one", "x"}}));
  system::findSystems(disk.survey);
  CHECK(disk.volume(2).role == Role::Boot);
  CHECK(disk.volume(2).roleWhy.find('\x1b') == std::string::npos);
  CHECK(disk.volume(2).roleWhy.size() < 4000);
}
