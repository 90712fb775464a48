// Encrypted volumes that are open: what is in use inside tells what is copied, in ciphertext, and
// only while nothing is in doubt. The device tree is made up; LUKS and ext2 are made by their own
// tools.
#include "clone/plan/open_mapping.h"

#include <cstdlib>
#include <fstream>

#include "clone/fs/luks/luks.h"
#include "clone/io/file_reader.h"
#include "tests/support/catch.h"
#include "tests/support/fake_system.h"
#include "tests/support/temp_folder.h"

using namespace disktwin;
using test::FakeSystem;

namespace {

constexpr const char* kUuid = "0a1b2c3d-4e5f-4601-9788-99aabbccddee";
constexpr const char* kMapping = "CRYPT-LUKS2-0a1b2c3d4e5f4601978899aabbccddee-secret";

void shell(const std::string& command) {
  REQUIRE(std::system(("PATH=$PATH:/usr/sbin:/sbin; " + command + " >/dev/null 2>&1").c_str()) ==
          0);
}

// A disk of 64 MiB that is one LUKS volume, and what its mapping would show.
struct Encrypted {
  test::TempFolder folder;
  FakeSystem system;
  std::string disk = folder.file("disk");
  plan::Survey survey;
  Extent data;

  explicit Encrypted(const std::string& dmUuid = kMapping, std::uint64_t tooShort = 0) {
    std::ofstream(folder.file("key")) << "key";
    shell("truncate -s 64M " + disk +
          " && cryptsetup luksFormat --batch-mode --type luks2 --uuid " + kUuid +
          " --pbkdf pbkdf2 --pbkdf-force-iterations 1000 " + disk + " " + folder.file("key"));
    const auto reader = std::make_shared<FileReader>(File::openRead(disk));
    survey = plan::survey(reader);
    data = fs::luks::dataOf(*reader).value().extent;
    const std::string plain = system.path("dev/dm-0");
    shell("truncate -s " + std::to_string(data.length - tooShort) + " " + plain +
          " && mke2fs -q -F -t ext2 " + plain);
    system.device("sdx", "8:0", 64 * MiB / 512);
    system.mapping("dm-0", "253:0", (data.length - tooShort) / 512, "secret", dmUuid, "sdx");
    survey.volumes.front().device = system.path("dev/sdx");
  }
  const plan::Volume& look() {
    plan::lookThroughOpenMappings(survey, DeviceTree::read(system.roots()));
    return survey.volumes.front();
  }
};

}  // namespace

TEST_CASE("of a locked LUKS volume all is copied") {
  Encrypted made("");
  const plan::Volume& volume = made.look();
  CHECK(volume.fs->used().extents.contains({0, 64 * MiB}));
  CHECK(volume.fs->info().inner.empty());
}

TEST_CASE("of an open LUKS volume the header and the blocks in use are copied") {
  Encrypted made;
  const plan::Volume& volume = made.look();
  REQUIRE(volume.fs->info().inner.size() == 1);
  CHECK(volume.fs->info().inner.front().content.type == "ext2");
  REQUIRE(volume.fs->info().warnings.size() == 1);
  CHECK_THAT(volume.fs->info().warnings.front(), ContainsSubstring("how much is in use"));
  const fs::UsedMap map = volume.fs->used();
  CHECK(map.whyWhole.empty());
  CHECK(map.zeroes.empty());
  CHECK(map.extents.contains({0, made.data.offset}));
  // The superblock of what is inside.
  CHECK(map.extents.contains({made.data.offset + 1024, 1024}));
  CHECK(map.extents.bytes() < made.data.offset + made.data.length / 2);
  CHECK(volume.type == "crypto_LUKS");
}

TEST_CASE("a mapping of another volume, of another kind, or of another size tells nothing") {
  for (const char* uuid : {"CRYPT-LUKS2-ffffffffffffffffffffffffffffffff-secret",
                           "CRYPT-PLAIN-0a1b2c3d4e5f4601978899aabbccddee", "LVM-0a1b2c3d4e5f"}) {
    Encrypted made(uuid);
    CHECK(made.look().fs->info().inner.empty());
  }
  Encrypted made(kMapping, MiB);
  CHECK(made.look().fs->info().inner.empty());
}
