// LUKS headers, made by hand.
#include "clone/fs/luks/luks.h"

#include <fmt/format.h>

#include <cstring>
#include <memory>
#include <random>
#include <string>

#include "clone/fs/filesystem.h"
#include "clone/fs/luks/ondisk.h"
#include "clone/io/digest.h"
#include "tests/support/catch.h"
#include "tests/support/sparse_disk.h"

using namespace disktwin;
using namespace disktwin::test;
using fs::luks::Header2;

namespace disktwin::fs::luks {
std::unique_ptr<FileSystem> open(ReaderPtr volume);
}

namespace {

constexpr std::uint64_t kSize = 64 * MiB;
constexpr std::uint64_t kData = 16 * MiB;

std::string hex(std::span<const std::byte> bytes) {
  std::string out;
  for (const std::byte byte : bytes) out += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return out;
}

std::string dataSegment(const std::string& size = "dynamic", const std::string& more = "",
                        std::uint64_t offset = kData) {
  return fmt::format(
      R"({{"type":"crypt","offset":"{}","size":"{}","iv_tweak":"0","sector_size":4096{}}})", offset,
      size, more);
}
std::string metadata(const std::string& segments, const std::string& requirements = "") {
  return fmt::format(R"({{"keyslots":{{}},"segments":{{{}}},"config":{{"json_size":"12288",)"
                     R"("keyslots_size":"16744448"{}}}}})",
                     segments, requirements);
}
std::string one(const std::string& segment) {
  return "\"0\":" + segment;
}

class MadeLuks {
 public:
  explicit MadeLuks(const std::string& json = metadata(one(dataSegment())))
      : disk(std::make_shared<SparseDisk>(kSize)) {
    putHeader(0, json, 3);
    putHeader(size, json, 3);
  }

  void putHeader(std::uint64_t offset, const std::string& json, std::uint64_t sequence) {
    Header2 header{};
    header.start.magic = offset == 0 ? fs::luks::kPrimaryMagic : fs::luks::kSecondaryMagic;
    header.start.version = 2;
    header.size = size;
    header.sequence = sequence;
    header.offset = offset;
    std::strcpy(header.label, "my label");
    std::strcpy(header.uuid, "f64d2aa4-7a40-48ef-a686-c3a51ed07e4c");
    std::strcpy(header.checksumKind, "sha256");
    finish(offset, header, json);
  }
  void finish(std::uint64_t offset, Header2 header, const std::string& json) {
    // As long as it says, if that is possible.
    const bool isPossible = header.size > sizeof header && header.size <= 4 * MiB;
    std::vector<std::byte> bytes(isPossible ? std::size_t{header.size} : 16 * KiB);
    std::memset(header.checksum, 0, sizeof header.checksum);
    std::memcpy(bytes.data(), &header, sizeof header);
    std::memcpy(bytes.data() + sizeof header, json.data(),
                std::min(json.size(), bytes.size() - sizeof header));
    const auto sum = sha256(bytes);
    std::memcpy(bytes.data() + fs::luks::kChecksumAt, sum.data(), sum.size());
    disk->put(offset, bytes);
  }
  std::unique_ptr<fs::FileSystem> open() const { return fs::luks::open(disk); }
  std::string whyWhole() const {
    const auto fs = open();
    REQUIRE(fs);
    const fs::UsedMap map = fs->used();
    if (!map.whyWhole.empty()) CHECK(map.extents == ExtentSet{{0, disk->size()}});
    return map.whyWhole;
  }

  std::uint64_t size = 16 * KiB;
  std::shared_ptr<SparseDisk> disk;
};

void requireSane(const SparseDisk& disk, const std::shared_ptr<SparseDisk>& shared) {
  const auto fs = fs::luks::open(shared);
  if (!fs) return;
  const fs::UsedMap map = fs->used();
  for (const ExtentSet& set : {map.extents, fs->signatures()}) {
    if (!set.empty()) REQUIRE(set.extents().back().end() <= disk.size());
  }
  if (const auto data = fs::luks::dataOf(disk)) {
    REQUIRE(extentFits(data->extent.offset, data->extent.length, disk.size()));
    REQUIRE(data->extent.length % data->sectorSize == 0);
  }
}

std::string notesOf(const MadeLuks& made) {
  std::string out;
  const auto fs = made.open();
  for (const std::string& note : fs->info().notes) out += note + "\n";
  return out;
}

}  // namespace

TEST_CASE("SHA-256 is SHA-256") {
  const auto of = [](const std::string& text) {
    return hex(sha256(std::as_bytes(std::span(text))));
  };
  CHECK(of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(of(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK(of(std::string(55, 'x')) != of(std::string(56, 'x')));
}

TEST_CASE("all of a LUKS2 volume is copied, and its data can be found") {
  const MadeLuks made;
  const auto fs = made.open();
  REQUIRE(fs);
  CHECK(fs->info().type == "crypto_LUKS");
  CHECK(fs->info().label == "my label");
  CHECK(fs->info().uuid == "f64d2aa4-7a40-48ef-a686-c3a51ed07e4c");
  CHECK(fs->info().blockSize == 4096);
  CHECK(fs->info().size == kSize);
  CHECK(fs->info().used == kSize);
  CHECK_THAT(notesOf(made), ContainsSubstring("LUKS2: what is inside cannot be told"));
  CHECK(made.whyWhole() == "");
  CHECK(fs->used().extents == ExtentSet{{0, kSize}});
  CHECK(fs->signatures().contains({0, 4096}));
  CHECK(fs->signatures().contains({16 * KiB, 4096}));
  CHECK(fs->signatures().contains({4 * MiB, 4096}));
  const auto data = fs::luks::dataOf(*made.disk);
  REQUIRE(data);
  CHECK(data->extent == Extent{kData, kSize - kData});
  CHECK(data->sectorSize == 4096);
  CHECK(data->uuid == fs->info().uuid);
}

TEST_CASE("LUKS1 reaches to the end of its volume") {
  auto disk = std::make_shared<SparseDisk>(kSize + 100);
  fs::luks::Header1 header{};
  header.start.magic = fs::luks::kPrimaryMagic;
  header.start.version = 1;
  header.payloadSector = 4096;
  std::strcpy(header.uuid, "1b5dcb43-e76a-411c-870b-e51948fc5d21");
  disk->put(0, header);
  const auto fs = fs::luks::open(disk);
  REQUIRE(fs);
  CHECK(fs->info().uuid == "1b5dcb43-e76a-411c-870b-e51948fc5d21");
  CHECK(fs->used().extents == ExtentSet{{0, kSize + 100}});
  CHECK(fs->used().whyWhole == "");
  REQUIRE(fs::luks::dataOf(*disk));
  CHECK(fs::luks::dataOf(*disk)->extent == Extent{2 * MiB, kSize - 2 * MiB});
  header.payloadSector = 0;
  disk->put(0, header);
  CHECK_FALSE(fs::luks::dataOf(*disk));
  header.payloadSector = 0xFFFFFFFF;
  disk->put(0, header);
  CHECK_FALSE(fs::luks::dataOf(*disk));
  CHECK(fs::luks::open(disk)->used().extents == ExtentSet{{0, kSize + 100}});
  header.start.version = 3;
  disk->put(0, header);
  CHECK_THAT(fs::luks::open(disk)->used().whyWhole, ContainsSubstring("unknown version 3"));
}

TEST_CASE("data that ends before the volume does is copied to its end") {
  const MadeLuks made(metadata(one(dataSegment("1048576"))));
  CHECK(made.whyWhole() == "");
  CHECK(made.open()->used().extents == ExtentSet{{0, kData + MiB}});
  CHECK(made.open()->info().size == kData + MiB);
  CHECK(fs::luks::dataOf(*made.disk)->extent == Extent{kData, MiB});
}

TEST_CASE("what is not plain data in one segment is not mapped") {
  for (const std::string& json :
       {metadata(one(dataSegment("dynamic", R"(,"integrity":{"type":"hmac"})"))),
        metadata(one(dataSegment("1048576")) + ",\"1\":" + dataSegment("dynamic")), metadata(""),
        metadata(one(dataSegment()), R"(,"requirements":{"mandatory":["online-reencrypt-v2"]})"),
        metadata(one(dataSegment()), R"(,"requirements":{"mandatory":["something-new"]})"),
        metadata(one(dataSegment("dynamic", "", 0))), metadata(one(dataSegment("4096", "", kSize))),
        metadata(one(dataSegment("0"))),
        metadata(one(R"({"type":"hw-opal","offset":"16777216","size":"1048576"})"))}) {
    INFO(json);
    const MadeLuks made(json);
    CHECK_FALSE(fs::luks::dataOf(*made.disk));
    CHECK(made.open()->used().extents.contains({0, kData}));
  }
}

TEST_CASE("a segment of an unknown kind, or requirements, mean all of the volume") {
  for (const std::string& json :
       {metadata(one(R"({"type":"hw-opal","offset":"16777216","size":"1048576"})")),
        metadata(one(dataSegment("1048576")), R"(,"requirements":{"mandatory":["new"]})"),
        metadata("")}) {
    CHECK(MadeLuks(json).open()->used().extents == ExtentSet{{0, kSize}});
  }
}

TEST_CASE("a careful user hears of tags, re-encryption and requirements") {
  CHECK_THAT(notesOf(MadeLuks(metadata(one(dataSegment("dynamic", R"(,"integrity":{})"))))),
             ContainsSubstring("integrity tags"));
  CHECK_THAT(notesOf(MadeLuks(metadata(
                 one(dataSegment()), R"(,"requirements":{"mandatory":["online-reencrypt-v2"]})"))),
             ContainsSubstring("re-encryption is under way"));
  CHECK_THAT(
      notesOf(MadeLuks(metadata(one(dataSegment()), R"(,"requirements":{"mandatory":["new"]})"))),
      ContainsSubstring("has: new"));
}

TEST_CASE("data beyond the end of the volume is not believed") {
  CHECK_THAT(MadeLuks(metadata(one(dataSegment("99999999999")))).whyWhole(),
             ContainsSubstring("reach"));
  CHECK_THAT(MadeLuks(metadata(one(dataSegment("18446744073709551615")))).whyWhole(),
             ContainsSubstring("reach"));
}

TEST_CASE("the newer of two headers counts") {
  MadeLuks made(metadata(one(dataSegment("1048576"))));
  made.putHeader(made.size, metadata(one(dataSegment("2097152"))), 4);
  CHECK(made.open()->used().extents == ExtentSet{{0, kData + 2 * MiB}});
  CHECK_THAT(notesOf(made), ContainsSubstring("different age"));
  made.putHeader(made.size, metadata(one(dataSegment("2097152"))), 2);
  CHECK(made.open()->used().extents == ExtentSet{{0, kData + MiB}});
  made.putHeader(made.size, metadata(one(dataSegment("2097152"))), 3);
  CHECK_THAT(made.whyWhole(), ContainsSubstring("contradict"));
}

TEST_CASE("one damaged header of two means all of the volume") {
  const std::uint64_t at = GENERATE(10U, 100U, 300U, 5000U, 16384U + 20U, 16384U + 5000U);
  MadeLuks made(metadata(one(dataSegment("1048576"))));
  made.disk->put(at, std::uint8_t{0xAA});
  CHECK_FALSE(made.whyWhole().empty());
  CHECK_FALSE(fs::luks::dataOf(*made.disk));
}

TEST_CASE("a volume without its first header is still one, at any place of the second") {
  for (const std::uint64_t size : fs::luks::kSizes) {
    MadeLuks made;
    made.disk = std::make_shared<SparseDisk>(kSize);
    made.putHeader(size, metadata(one(dataSegment("1048576"))), 1);
    CHECK_THAT(made.whyWhole(), ContainsSubstring("first header is missing"));
    made.disk->put(size + 256, std::uint8_t{1});  // says that it lies elsewhere
    CHECK_FALSE(made.open());
  }
  MadeLuks made;
  made.disk->put(16 * KiB, std::uint8_t{0});
  CHECK_THAT(made.whyWhole(), ContainsSubstring("second header is missing"));
}

TEST_CASE("metadata that makes no sense is not believed") {
  for (const std::string json :
       {"", "{", "[]", "{}", "3", "{\"segments\":3}", "{\"segments\":{}}",
        "{\"segments\":{},\"config\":3}", "{\"segments\":{\"0\":3},\"config\":{}}",
        "{\"segments\":{},\"config\":{\"keyslots_size\":16744448}}",
        "{\"segments\":{},\"config\":{\"keyslots_size\":\"99999999999\"}}"}) {
    INFO(json);
    CHECK_THAT(MadeLuks(json).whyWhole(), ContainsSubstring("no sense"));
  }
  CHECK_THAT(MadeLuks(metadata(one(dataSegment("-1")))).whyWhole(), ContainsSubstring("no sense"));
  CHECK_THAT(MadeLuks(metadata(one(dataSegment("1x")))).whyWhole(), ContainsSubstring("no sense"));
  CHECK_THAT(
      MadeLuks(metadata(one(dataSegment()), R"(,"requirements":{"mandatory":3})")).whyWhole(),
      ContainsSubstring("no sense"));
}

TEST_CASE(
    "headers that say that they lie elsewhere, or have an impossible size, are not believed") {
  for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{16 * KiB}}) {
    for (const bool isSize : {true, false}) {
      const std::string json = metadata(one(dataSegment("1048576")));
      MadeLuks made(json);
      auto header = readStruct<Header2>(*made.disk, offset);
      // The checksum is right for what is there.
      if (isSize) header.size = 32 * KiB;
      if (!isSize) header.offset = 64 * KiB;
      made.finish(offset, header, json);
      if (offset == 0) made.putHeader(made.size, json, 3);  // which a longer one overwrites
      CHECK_FALSE(made.whyWhole().empty());
    }
  }
}

TEST_CASE("deep and wide metadata cost neither stack nor memory") {
  MadeLuks made;
  for (const char* piece : {"[", "{\"a\":", "[1,", ",,,,"}) {
    std::string json;
    while (json.size() < 12 * KiB - 8) json += piece;
    made.putHeader(0, json, 3);
    made.putHeader(16 * KiB, json, 3);
    CHECK_FALSE(made.whyWhole().empty());
  }
}

TEST_CASE("metadata of more values than LUKS writes is not parsed") {
  MadeLuks made;
  made.size = 4 * MiB;
  std::string json = "{\"a\":[0";
  while (json.size() < 3 * MiB) json += ",0";
  json += "]," + metadata(one(dataSegment())).substr(1);
  made.putHeader(0, json, 3);
  made.putHeader(4 * MiB, json, 3);
  CHECK_THAT(made.whyWhole(), ContainsSubstring("larger than LUKS makes it"));
}

TEST_CASE("a flipped bit in a header is never believed") {
  const MadeLuks made(metadata(one(dataSegment("1048576"))));
  const ExtentSet healthy = made.open()->used().extents;
  for (std::uint64_t at = 0; at < 32 * KiB; at += at % (16 * KiB) < 5000 ? 7 : 601) {
    const auto disk = std::make_shared<SparseDisk>(*made.disk);
    const auto byte = readStruct<std::uint8_t>(*disk, at);
    disk->put(at, static_cast<std::uint8_t>(byte ^ (1U << at % 8)));
    INFO("byte " << at);
    requireSane(*disk, disk);
    if (const auto fs = fs::luks::open(disk)) {
      REQUIRE(subtract(healthy, fs->used().extents).empty());
    }
  }
}

TEST_CASE("every number of a header may be anything, with the right checksum") {
  const std::string json = metadata(one(dataSegment()));
  const MadeLuks made(json);
  for (std::size_t at = 6; at < 264; at += 2) {
    for (const std::uint64_t value :
         {std::uint64_t{0}, std::uint64_t{1}, 4 * MiB, kSize, ~std::uint64_t{0}}) {
      const auto disk = std::make_shared<SparseDisk>(*made.disk);
      MadeLuks changed = made;
      changed.disk = disk;
      auto bytes = readBytes(*made.disk, 0, sizeof(Header2));
      const be64 number(value);
      std::memcpy(bytes.data() + at, &number, sizeof number);
      changed.finish(0, structAt<Header2>(bytes, 0), json);
      requireSane(*disk, disk);
    }
  }
}

TEST_CASE("a volume may end anywhere") {
  const MadeLuks made;
  for (std::uint64_t size = 0; size < 40 * KiB; size += 511) {
    const auto disk = std::make_shared<SparseDisk>(*made.disk);
    disk->cutTo(size);
    requireSane(*disk, disk);
  }
}
