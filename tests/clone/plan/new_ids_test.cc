// idLike(), and what newIdsFor() makes of a disk.
#include "clone/plan/new_ids.h"

#include "clone/plan/plan.h"
#include "tests/support/catch.h"
#include "tests/support/memory_disk.h"

namespace disktwin::plan {
namespace {

constexpr std::array<std::uint8_t, 16> kBytes = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF,
                                                 0x10, 0x32, 0x54, 0x76, 0x98, 0xBA, 0xDC, 0xFE};

// A disk with an MBR and two swap spaces' worth of nothing that is known.
Survey sampleSurvey() {
  Survey out;
  out.layout.kind = table::TableKind::Mbr;
  out.layout.mbr.diskSignature = 0x1BADCAFE;
  for (const std::uint32_t number : {1U, 2U}) {
    table::Partition partition;
    partition.number = number;
    partition.firstLba = 2048 * number;
    partition.lbaCount = 2048;
    partition.mbr.type = 0x83;
    out.layout.partitions.push_back(partition);
    Volume volume;
    volume.partition = number;
    volume.type = "zfs_member";
    volume.uuid = "12345678901234567890";
    volume.doubt = "nobody knows";
    out.volumes.push_back(volume);
  }
  return out;
}

Endpoint endpoint(const std::string& path) {
  Endpoint out;
  out.path = path;
  out.realPath = path;
  out.size = 1 << 20;
  return out;
}

}  // namespace

TEST_CASE("an identifier keeps its form") {
  CHECK(idLike("11111111-1111-1111-1111-111111111111", kBytes) ==
        "01234567-89ab-4def-9032-547698badcfe");
  CHECK(idLike("AAAAAAAA-1111-1111-1111-111111111111", kBytes) ==
        "01234567-89AB-4DEF-9032-547698BADCFE");
  CHECK(idLike("ABCD-1234", kBytes) == "0123-4567");
  CHECK(idLike("1111-1111", {0xFA, 0xCE, 0xB0, 0x0C}) == "FACE-B00C");
  CHECK(idLike("00112233445566AA", kBytes) == "0123456789ABCDEF");
  CHECK(idLike("00112233445566aa", kBytes) == "0123456789abcdef");
  CHECK(idLike("", kBytes).empty());
}

TEST_CASE("the same copy has the same identifiers, another target others") {
  const Survey survey = sampleSurvey();
  const NewIds one = newIdsFor(survey, endpoint("/a"), endpoint("/b"), {});
  const NewIds again = newIdsFor(survey, endpoint("/a"), endpoint("/b"), {});
  const NewIds other = newIdsFor(survey, endpoint("/a"), endpoint("/c"), {});
  Survey changed = sampleSurvey();
  changed.layout.mbr.diskSignature ^= 1;
  const NewIds next = newIdsFor(changed, endpoint("/a"), endpoint("/b"), {});
  REQUIRE(one.changes.size() == 3);
  CHECK(one.changes[0].before == "1badcafe");
  CHECK(one.changes[1].before == "1badcafe-01");
  CHECK(one.changes[1].after == one.changes[0].after + "-01");
  CHECK(one.changes[0].after == again.changes[0].after);
  CHECK(one.changes[0].after != other.changes[0].after);
  CHECK(one.changes[0].after != next.changes[0].after);
}

TEST_CASE("what keeps its identifier is named, and only what is copied") {
  const NewIds all = newIdsFor(sampleSurvey(), endpoint("/a"), endpoint("/b"), {});
  CHECK(all.kept.size() == 2);
  CHECK(all.kept.front().find("keeps its identifier 12345678901234567890") != std::string::npos);
  CHECK(all.kept.front().find("nobody knows") != std::string::npos);
  CHECK(all.uuidFor(1).empty());
  const NewIds some = newIdsFor(sampleSurvey(), endpoint("/a"), endpoint("/b"), {2});
  CHECK(some.kept.size() == 1);
  CHECK(some.changes.size() == 2);
}

}  // namespace disktwin::plan
