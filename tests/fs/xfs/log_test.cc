// Whether the log is empty decides whether anything else can be believed.
#include "clone/io/crc32c.h"
#include "tests/fs/xfs/made_xfs.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::xfs;
using namespace disktwin::fs::xfs::test;

namespace {

constexpr std::uint64_t kEnd = MadeXfs::kLogBlocks;

bool isClean(const MadeXfs& made) {
  const auto fs = made.fs();
  const bool clean = fs->info().state == fs::VolumeState::Clean;
  if (!clean) {
    REQUIRE(fs->info().state == fs::VolumeState::NeedsRecovery);
    REQUIRE_THAT(fs->info().notes.at(0), ContainsSubstring("log is replayed"));
    REQUIRE_THAT(fs->used().whyWhole, ContainsSubstring("log is not empty"));
  } else {
    REQUIRE(fs->used().whyWhole.empty());
  }
  return clean;
}

// A volume whose only record, from block 3 on, was changed and given a right checksum.
template <typename Change>
bool isCleanWith(const Change& change) {
  MadeXfs made;
  made.edit<LogRecord>(made.logAt(3), change);
  made.sealRecord(3, 1, kLogBlock);
  return isClean(made);
}
template <typename Change>
bool isCleanWithOperation(const Change& change) {
  MadeXfs made;
  made.edit<LogOperation>(made.logAt(4), change);
  made.sealRecord(3, 1, kLogBlock);
  return isClean(made);
}

}  // namespace

TEST_CASE("xfs: a log that ends in the mark of an unmount is empty, wherever it ends") {
  MadeXfs made;
  for (const std::uint32_t cycle : {1U, 2U, 77U}) {
    for (const std::uint64_t head :
         {std::uint64_t{2}, std::uint64_t{9}, kEnd / 2, kEnd - 1, kEnd}) {
      made.writeLog(head, cycle);
      CHECK(isClean(made));
    }
  }
}

TEST_CASE("xfs: the last record may go around the end of the log, and be long") {
  MadeXfs made;
  for (std::uint64_t head = 0; head < 80; ++head) {
    made.writeLog(head, 7, 64);
    CHECK(isClean(made));
    made.writeLog(head, 7, 64, 256 * 1024);
    CHECK(isClean(made));
  }
}

TEST_CASE("xfs: a mark in the other byte order is one, too") {
  MadeXfs made;
  made.disk->put(made.logAt(4) + sizeof(LogOperation), be16(kUnmountMark));
  made.sealRecord(3, 1, kLogBlock);
  CHECK(isClean(made));
  made.disk->put(made.logAt(4) + sizeof(LogOperation), be16(0x1234));
  made.sealRecord(3, 1, kLogBlock);
  CHECK_FALSE(isClean(made));
}

TEST_CASE("xfs: a record without a checksum is taken, one with a wrong checksum is not") {
  MadeXfs made;
  made.edit<LogRecord>(made.logAt(3), [](auto& r) { r.checksum = 0U; });
  CHECK(isClean(made));
  made.edit<LogRecord>(made.logAt(3), [](auto& r) { r.checksum = 1U; });
  CHECK_FALSE(isClean(made));
  made.writeLog(5, 1);
  made.bytes()[made.logAt(4) + 400] ^= std::byte{1};
  CHECK_FALSE(isClean(made));
  made.writeLog(40, 1, 4, 64 * 1024);
  made.bytes()[made.logAt(35) + 40] ^= std::byte{1};  // in the second header block
  CHECK_FALSE(isClean(made));
}

TEST_CASE("xfs: the header of 32-bit machines has another checksum") {
  MadeXfs made;
  auto record = made.get<LogRecord>(made.logAt(3));
  record.checksum = 0U;
  record.padding = 0U;
  made.disk->put(made.logAt(3), record);
  std::vector<std::byte> all(offsetof(LogRecord, padding) + kLogBlock);
  std::memcpy(all.data(), &record, offsetof(LogRecord, padding));
  std::memcpy(all.data() + offsetof(LogRecord, padding), made.bytes().data() + made.logAt(4),
              kLogBlock);
  const std::uint32_t sum = ~crc32c(~0U, all);
  made.edit<LogRecord>(made.logAt(3), [&](auto& r) { r.checksum = sum; });
  CHECK(isClean(made));
}

TEST_CASE("xfs: any other last record means that there is something to replay") {
  CHECK(isCleanWith([](auto&) {}));
  CHECK_FALSE(isCleanWith([](auto& r) { r.operations = 2U; }));
  CHECK_FALSE(isCleanWith([](auto& r) { r.operations = 0U; }));
  CHECK_FALSE(isCleanWith([](auto& r) { r.uuid[3] ^= 1; }));
  CHECK_FALSE(isCleanWith([](auto& r) { r.sequence = std::uint64_t{1} << 32 | 2; }));
  CHECK_FALSE(isCleanWith([](auto& r) { r.sequence = std::uint64_t{2} << 32 | 3; }));
  CHECK_FALSE(isCleanWith([](auto& r) { r.length = 1024U; }));
  CHECK_FALSE(isCleanWith([](auto& r) { r.length = 0U; }));
  CHECK_FALSE(isCleanWith([](auto& r) { r.length = 0xFFFFFFFFU; }));
  CHECK_FALSE(isCleanWith([](auto& r) { r.bufferSize = 65536U; }));
  CHECK_FALSE(isCleanWith([](auto& r) { r.bufferSize = 0xFFFFFFFFU; }));
  CHECK(isCleanWithOperation([](auto&) {}));
  CHECK_FALSE(isCleanWithOperation([](auto& o) { o.flags = 0x21; }));
  CHECK_FALSE(isCleanWithOperation([](auto& o) { o.flags = 0; }));
  CHECK_FALSE(isCleanWithOperation([](auto& o) { o.client = 0x69; }));
}

TEST_CASE("xfs: a record behind the mark of the unmount is something to replay") {
  MadeXfs made;
  made.disk->put(made.logAt(5), be32(1));
  CHECK_FALSE(isClean(made));
  made.writeLog(5, 1);
  made.disk->put(made.logAt(5), be32(kLogMagic));
  made.disk->put(made.logAt(5) + 4, be32(1));
  made.disk->put(made.logAt(6), be32(1));
  CHECK_FALSE(isClean(made));
}

TEST_CASE("xfs: rounds that are mixed around the end mean that writes were lost") {
  MadeXfs made;
  for (const std::uint64_t head : {kEnd / 3, kEnd}) {
    for (const std::uint64_t at : {head + 3, head + 200, head - 100, head + kEnd - 200}) {
      for (const std::uint32_t cycle : {4U, 5U, 6U, 7U}) {
        made.writeLog(head, 6);
        const bool same = made.get<be32>(made.logAt(at)) == cycle;
        made.disk->put(made.logAt(at), be32(cycle));
        CHECK(isClean(made) == same);
      }
    }
  }
}

TEST_CASE("xfs: a log without any record, or with impossible rounds, is not empty") {
  MadeXfs made;
  std::memset(made.bytes().data() + made.logAt(0), 0, kEnd * kLogBlock);
  CHECK_FALSE(isClean(made));
  made.writeLog(5, 9);
  made.disk->put(made.logAt(kEnd - 1), be32(3));
  CHECK_FALSE(isClean(made));
  // Only rounds, no record.
  for (std::uint64_t block = 0; block < kEnd; ++block) made.disk->put(made.logAt(block), be32(3));
  CHECK_FALSE(isClean(made));
}

TEST_CASE("xfs: a log of no size at all is not empty") {
  MadeXfs made;
  made.super.logBlocks = 1U;
  made.sealSuper();
  CHECK_FALSE(isClean(made));
}
