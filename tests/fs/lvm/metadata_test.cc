// Labels and metadata areas: which text is in force, and when none can be trusted.
#include "tests/fs/lvm/made_pv.h"

using namespace disktwin;
using namespace disktwin::test;

namespace {

const std::string kRoot = logical("root", {striped(0, 4, "\"pv0\", 2")});
const std::string kOther = logical("other", {striped(0, 4, "\"pv0\", 20")});

std::string text(const std::string& logicals, unsigned sequence = 7) {
  return group(physical("pv0", kDashedUuid, 40), logicals, sequence);
}

MadePv twoAreas() {
  MadePv made;
  made.areas.push_back({41 * MiB, MiB});
  return made;
}

}  // namespace

TEST_CASE("the checksum is LVM's") {
  // The first metadata header that pvcreate of LVM 2.03.16 writes by default, without its checksum.
  std::vector<std::byte> sector(512);
  const std::uint8_t start[] = {
      0x20, 0x4c, 0x56, 0x4d, 0x32, 0x20, 0x78, 0x5b, 0x35, 0x41, 0x25, 0x72, 0x30, 0x4e,
      0x2a, 0x3e, 0x01, 0,    0,    0,    0,    0x10, 0,    0,    0,    0,    0,    0,
      0,    0xf0, 0x0f, 0,    0,    0,    0,    0,    0,    0x06, 0,    0,    0,    0,
      0,    0,    0x5d, 0x04, 0,    0,    0,    0,    0,    0,    0x4d, 0xde, 0x2e, 0x75};
  std::memcpy(sector.data() + 4, start, sizeof start);
  CHECK(fs::lvm::checksum(std::span(sector).subspan(4)) == 0xece4eb2b);
}

TEST_CASE("a label may lie in any of the first four sectors") {
  const std::uint64_t number = GENERATE(0U, 1U, 2U, 3U);
  MadePv made;
  made.putLabel(number);
  made.putText(made.areas[0], text(kRoot));
  CHECK(made.used().contains(MadePv::extents(2, 4)));
  CHECK(made.open()->info().uuid == kDashedUuid);
  CHECK(made.open()->info().type == "LVM2_member");
  made.disk->put(number * 512 + 100, std::uint8_t{0x55});
  CHECK_THAT(made.whyWhole(), ContainsSubstring("label is damaged"));
}

TEST_CASE("a label in another place, or two of them, are not trusted") {
  MadePv made;
  made.write(kRoot);
  made.disk->put(1536, readBytes(*made.disk, 512, 512));
  CHECK_THAT(made.whyWhole(), ContainsSubstring("two labels"));
  MadePv moved;
  moved.putText(moved.areas[0], text(kRoot));
  moved.disk->put(0, readBytes(*made.disk, 512, 512));
  CHECK_THAT(moved.whyWhole(), ContainsSubstring("place is wrong"));
}

TEST_CASE("without a label it is no physical volume") {
  MadePv made;
  made.putText(made.areas[0], text(kRoot));
  CHECK_FALSE(made.open());
  made.putLabel(4);
  CHECK_FALSE(made.open());
}

TEST_CASE("areas beyond the end are not trusted") {
  MadePv made;
  made.areas.push_back({42 * MiB - 512, 1024});
  made.write(std::vector{text(kRoot)});
  CHECK_THAT(made.whyWhole(), ContainsSubstring("beyond the end"));
}

TEST_CASE("a text runs over the end of its area to its start") {
  MadePv made;
  const std::string whole = text(kRoot);
  for (const std::uint64_t before : {1U, 17U, 400U}) {
    made.putLabel(1);
    made.putText(made.areas[0], whole, made.areas[0].length - before);
    CHECK(made.used().contains(MadePv::extents(2, 4)));
  }
}

TEST_CASE("the newer of two texts counts, and it is said") {
  const bool isFirstNewer = GENERATE(true, false);
  MadePv made = twoAreas();
  made.write({text(kRoot, isFirstNewer ? 8 : 7), text(kOther, isFirstNewer ? 7 : 8)});
  const ExtentSet used = made.used();
  CHECK(used.contains(MadePv::extents(2, 4)) == isFirstNewer);
  CHECK(used.contains(MadePv::extents(20, 4)) == !isFirstNewer);
  CHECK(used.contains({41 * MiB, MiB}));
  CHECK_THAT(made.open()->info().notes.front(), ContainsSubstring("same age"));
}

TEST_CASE("two equal texts are one, and different ones of the same age are none") {
  MadePv made = twoAreas();
  made.write({text(kRoot), text(kRoot)});
  CHECK(made.used().contains(MadePv::extents(2, 4)));
  CHECK(made.open()->info().notes.size() == 1);
  made.write({text(kRoot), text(kOther)});
  CHECK_THAT(made.whyWhole(), ContainsSubstring("contradict"));
}

TEST_CASE("an area that is damaged might have been the newer one") {
  MadePv made = twoAreas();
  made.write({text(kRoot), text(kRoot)});
  const std::uint64_t at = GENERATE(41 * MiB + 2, 41 * MiB + 40, 41 * MiB + 511, 41 * MiB + 700);
  made.disk->put(at, std::uint8_t{0xEE});
  CHECK_THAT(made.whyWhole(), ContainsSubstring("metadata area at 42991616 is damaged"));
}

TEST_CASE("areas that are ignored hold nothing current") {
  MadePv made = twoAreas();
  made.putLabel(1);
  made.putText(made.areas[0], text(kRoot, 9), 512, fs::lvm::kAreaIgnored);
  made.putText(made.areas[1], text(kOther, 7));
  CHECK(made.used().contains(MadePv::extents(20, 4)));
  CHECK_FALSE(made.used().contains(MadePv::extents(2, 4)));
  made.putText(made.areas[1], text(kOther, 7), 512, fs::lvm::kAreaIgnored);
  CHECK_THAT(made.whyWhole(), ContainsSubstring("lies on other volumes"));
}

TEST_CASE("a change that was not finished leaves it open what counts") {
  MadePv made;
  made.putLabel(1);
  made.putText(made.areas[0], text(kRoot), 512, 0, 8192);
  CHECK_THAT(made.whyWhole(), ContainsSubstring("interrupted"));
}

TEST_CASE("a volume of no group has nothing in it, unless its label says otherwise") {
  MadePv made;
  made.belongsToGroup = false;
  made.putLabel(1);
  made.putText(made.areas[0], "");
  CHECK(made.used() == ExtentSet{{0, MiB}});
  made.belongsToGroup = true;
  made.putLabel(1);
  CHECK_THAT(made.whyWhole(), ContainsSubstring("belongs to a volume group"));
  made.areas.clear();
  made.belongsToGroup = false;
  made.putLabel(1);
  CHECK_THAT(made.whyWhole(), ContainsSubstring("lies on other volumes"));
}

TEST_CASE("areas for boot loaders are copied") {
  MadePv made;
  made.bootAreas = {{MiB, 2 * MiB}};
  made.dataStart = 3 * MiB;
  made.write(std::vector{group(physical("pv0", kDashedUuid, 20, 6144), kRoot)});
  CHECK(made.used().contains({MiB, 2 * MiB}));
  CHECK(made.used().contains({5 * MiB, 4 * MiB}));
}

TEST_CASE("label and text have to agree where extents begin") {
  MadePv made;
  made.dataStart = 2 * MiB;
  made.write(kRoot);
  CHECK_THAT(made.whyWhole(), ContainsSubstring("extents begin at"));
}

TEST_CASE("labels and headers of metadata are what is wiped first") {
  MadePv made = twoAreas();
  made.write({text(kRoot), text(kRoot)});
  CHECK(made.open()->signatures() == ExtentSet{{0, 2048}, {4096, 512}, {41 * MiB, 512}});
}
