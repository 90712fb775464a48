// Texts in which identifiers are replaced.
#include "clone/system/references.h"

#include "tests/support/catch.h"

namespace disktwin::system {
namespace {

const std::vector<plan::NewId> kIds = {
    {plan::NewId::Kind::Disk, 0, "1badcafe", "0badf00d"},
    {plan::NewId::Kind::Partition, 5, "1badcafe-05", "0badf00d-05"},
    {plan::NewId::Kind::FileSystem, 1, "ABCD-1234", "FACE-B00C"},
    {plan::NewId::Kind::FileSystem, 2, "11111111-1111-4111-8111-11111111111a",
     "22222222-2222-4222-8222-22222222222b"},
};

}  // namespace

TEST_CASE("identifiers are replaced wherever they stand as words") {
  CHECK(renamed("UUID=11111111-1111-4111-8111-11111111111a / ext4\n", kIds) ==
        "UUID=22222222-2222-4222-8222-22222222222b / ext4\n");
  CHECK(renamed("/dev/disk/by-uuid/11111111-1111-4111-8111-11111111111a", kIds) ==
        "/dev/disk/by-uuid/22222222-2222-4222-8222-22222222222b");
  CHECK(renamed("root=\"UUID=11111111-1111-4111-8111-11111111111A\"", kIds) ==
        "root=\"UUID=22222222-2222-4222-8222-22222222222B\"");
  CHECK(renamed("UUID=abcd-1234 UUID=ABCD-1234", kIds) == "UUID=face-b00c UUID=FACE-B00C");
  CHECK(renamed("PARTUUID=1badcafe-05,1BADCAFE", kIds) == "PARTUUID=0badf00d-05,0BADF00D");
  CHECK(renamed("ABCD-1234", kIds) == "FACE-B00C");
  CHECK(renamed("", kIds).empty());
}

TEST_CASE("what only looks like one stays") {
  for (const char* text :
       {"ABCD-12345", "0ABCD-1234", "ABCD-1234-5", "1badcafe-051", "1badcafe-06", "ABCD-123",
        "11111111-1111-4111-8111-11111111111", "11111111-1111-4111-8111-11111111111a0", "ABCD"}) {
    CHECK(renamed(text, kIds) == text);
  }
  CHECK(renamed("ABCD-1234", {}) == "ABCD-1234");
}

TEST_CASE("mentions are counted") {
  CHECK(mentions("1badcafe-05 ABCD-1234 abcd-1234 x", kIds) ==
        std::vector<std::size_t>{0, 1, 2, 0});
}

// One identifier becomes another that was an old one too: each place is changed once.
TEST_CASE("nothing is replaced twice") {
  const std::vector<plan::NewId> swapped = {
      {plan::NewId::Kind::FileSystem, 1, "AAAA-AAAA", "BBBB-BBBB"},
      {plan::NewId::Kind::FileSystem, 2, "BBBB-BBBB", "AAAA-AAAA"},
  };
  CHECK(renamed("AAAA-AAAA BBBB-BBBB", swapped) == "BBBB-BBBB AAAA-AAAA");
}

}  // namespace disktwin::system
