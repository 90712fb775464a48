#include "clone/fs/ntfs/record.h"

#include "clone/fs/ntfs/attribute_list.h"
#include "clone/fs/ntfs/damage.h"
#include "tests/fs/ntfs/tiny_volume.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::ntfs;
using tiny::Bytes;
using tiny::TinyVolume;

namespace {

Bytes rawRecord(std::uint64_t number) {
  const TinyVolume volume;
  return readBytes(*volume.disk, (TinyVolume::kMft + number) * TinyVolume::kCluster,
                   TinyVolume::kCluster);
}

}  // namespace

TEST_CASE("Fixups put the protected words back", "[ntfs]") {
  Bytes sector(1024);
  for (std::size_t i = 0; i < sector.size(); ++i) sector[i] = static_cast<std::byte>(i * 7);
  ProtectedHeader head{};
  head.arrayOffset = 48;
  head.arrayCount = 3;
  std::memcpy(sector.data(), &head, sizeof head);
  Bytes original = sector;
  tiny::protect(sector);
  CHECK(sector[1022] != original[1022]);
  undoFixups(sector, "it");
  CHECK(std::equal(sector.begin() + 54, sector.end(), original.begin() + 54));
}

TEST_CASE("A record of which a sector is older than the others is refused", "[ntfs]") {
  for (const std::size_t last : {510U, 511U, 1022U, 1023U}) {
    Bytes raw = rawRecord(24);
    raw[last] ^= std::byte{1};
    CHECK_THROWS_AS(Record(raw, 24), Damage);
  }
}

TEST_CASE("An update sequence outside of its first sector is refused", "[ntfs]") {
  const auto refused = [](std::uint16_t offset, std::uint16_t count) {
    Bytes raw = rawRecord(24);
    const le16 values[2] = {offset, count};
    std::memcpy(&raw[4], values, sizeof values);
    CHECK_THROWS_AS(Record(raw, 24), Damage);
  };
  refused(48, 2);
  refused(48, 4);
  refused(48, 0xFFFF);
  refused(47, 3);
  refused(0, 3);
  refused(506, 3);
  refused(0xFFFE, 3);
}

TEST_CASE("An update sequence that protects itself is refused", "[ntfs]") {
  Bytes raw = rawRecord(24);
  const le16 offset = 506;
  std::memcpy(&raw[4], &offset, sizeof offset);
  std::fill_n(raw.begin() + 506, 6, std::byte{0});
  std::fill_n(raw.begin() + 1022, 2, std::byte{0});
  CHECK_THROWS_AS(Record(raw, 24), Damage);
}

TEST_CASE("Attributes are found by type and name", "[ntfs]") {
  Bytes raw = rawRecord(kBadClustersRecord);
  const Record record(raw, kBadClustersRecord);
  CHECK(record.inUse());
  REQUIRE(record.find(AttributeType::Data, u"$Bad"));
  CHECK(record.find(AttributeType::Data, u"$Bad")->endVcn == TinyVolume::kClusters);
  CHECK_FALSE(record.find(AttributeType::Data, u""));
}

TEST_CASE("Attributes that leave their record are refused", "[ntfs]") {
  constexpr std::size_t kAttribute = 56;
  const auto refused = [](std::size_t offset, std::uint32_t value, std::size_t width) {
    Bytes raw = rawRecord(kBadClustersRecord);
    const le32 raw32 = value;
    std::memcpy(&raw[offset], &raw32, width);
    CHECK_THROWS_AS(Record(raw, 8).attributes(), Damage);
  };
  refused(kAttribute + 4, 0, 4);           // length: would go on forever
  refused(kAttribute + 4, 8, 4);           // shorter than its header
  refused(kAttribute + 4, 17, 4);          // not aligned
  refused(kAttribute + 4, 0xFFFFFFF8, 4);  // beyond the record
  refused(kAttribute + 9, 0xFF, 1);        // name
  refused(kAttribute + 10, 0xFFFF, 2);
  refused(kAttribute + 32, 0xFFFF, 2);  // runs
  refused(kAttribute + 32, 8, 2);       // runs inside the header
  refused(24, 1025, 4);                 // bytes in use
  refused(24, 60, 4);
  refused(20, 0xFFF8, 2);  // attributes
  refused(20, 8, 2);
}

TEST_CASE("The list of attributes is refused when an entry does not fit", "[ntfs]") {
  const Bytes good = tiny::joined({tiny::listEntry(AttributeType::Data, 0, 24),
                                   tiny::listEntry(AttributeType::Data, 7, 25, 3)});
  const auto entries = parseAttributeList(good);
  REQUIRE(entries.size() == 2);
  CHECK(entries[1].firstVcn == 7);
  CHECK(entries[1].reference == 25);
  CHECK(entries[1].instance == 3);

  const auto refused = [&](std::size_t offset, unsigned value) {
    Bytes bad = good;
    bad[offset] = static_cast<std::byte>(value);
    CHECK_THROWS_AS(parseAttributeList(bad), Damage);
  };
  refused(4, 0);  // length: would go on forever
  refused(4, 24);
  refused(4, 33);
  refused(36, 40);
  refused(38, 4);  // name
  refused(6, 200);
  CHECK_THROWS_AS(parseAttributeList(std::span(good).first(63)), Damage);
}
