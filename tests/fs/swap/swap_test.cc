#include <cstring>
#include <memory>
#include <random>
#include <string_view>

#include "clone/fs/filesystem.h"
#include "clone/io/endian.h"
#include "tests/support/catch.h"
#include "tests/support/memory_disk.h"

using namespace disktwin;
using namespace disktwin::test;

namespace disktwin::fs::swap {
std::unique_ptr<FileSystem> open(ReaderPtr volume);
}

namespace {

constexpr std::size_t kSize = 2 * MiB;

// As mkswap leaves it.
class MadeSwap {
 public:
  explicit MadeSwap(std::size_t page = 4096)
      : disk(std::make_shared<MemoryDisk>(kSize)), page_(page) {
    disk->put(1024, le32(1));
    disk->put(1028, le32(static_cast<std::uint32_t>(kSize / page - 1)));
    for (unsigned i = 0; i < 16; ++i) disk->put(1036 + i, static_cast<std::uint8_t>(i + 0xA0));
    put(1052, "my swap");
    sign("SWAPSPACE2");
  }
  void put(std::size_t at, std::string_view text) {
    std::memcpy(disk->bytes().data() + at, text.data(), text.size());
  }
  void sign(std::string_view signature) { put(page_ - 10, signature); }
  std::unique_ptr<fs::FileSystem> open() const { return fs::swap::open(disk); }

  std::shared_ptr<MemoryDisk> disk;

 private:
  std::size_t page_;
};

void requireWhole(const MadeSwap& made, const std::string& reason) {
  const auto fs = made.open();
  REQUIRE(fs);
  const fs::UsedMap map = fs->used();
  CHECK_THAT(map.whyWhole, ContainsSubstring(reason));
  CHECK(map.extents == ExtentSet{{0, made.disk->size()}});
  CHECK(fs->pageFiles().empty());
}

}  // namespace

TEST_CASE("of a swap area the header page is copied, whatever the page size") {
  const std::size_t page = GENERATE(4096U, 8192U, 16384U, 32768U, 65536U);
  const MadeSwap made(page);
  const auto fs = made.open();
  REQUIRE(fs);
  CHECK(fs->info().type == "swap");
  CHECK(fs->info().label == "my swap");
  CHECK(fs->info().uuid == "a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf");
  CHECK(fs->info().blockSize == page);
  CHECK(fs->info().size == kSize);
  CHECK(fs->info().used == page);
  CHECK(fs->info().state == fs::VolumeState::Clean);
  const fs::UsedMap map = fs->used();
  CHECK(map.whyWhole.empty());
  CHECK(map.extents == ExtentSet{{0, page}});
  CHECK(fs->signatures().contains({0, page}));
  CHECK(fs->pageFiles() == ExtentSet{{page, kSize - page}});
}

TEST_CASE("a swap area of a machine with the other byte order is the same") {
  MadeSwap made;
  made.disk->put(1024, be32(1));
  made.disk->put(1028, be32(kSize / 4096 - 1));
  made.disk->put(1032, be32(1));
  made.disk->put(1536, be32(17));
  const auto fs = made.open();
  REQUIRE(fs);
  CHECK(fs->info().size == kSize);
  CHECK(fs->used().extents == ExtentSet{{0, 4096}});
}

TEST_CASE("without a signature there is no swap area") {
  MadeSwap made;
  made.sign("SWAPSPACE3");
  CHECK_FALSE(made.open());
  CHECK_FALSE(fs::swap::open(std::make_shared<MemoryDisk>(0)));
  CHECK_FALSE(fs::swap::open(std::make_shared<MemoryDisk>(4095)));
}

TEST_CASE("a hibernated system is copied whole") {
  MadeSwap made;
  made.sign(GENERATE("S1SUSPEND\0", "S2SUSPEND\0", "ULSUSPEND\0", "LINHIB0001"));
  CHECK(made.open()->info().state == fs::VolumeState::Hibernated);
  CHECK(made.open()->info().type == "swsuspend");
  CHECK(made.open()->info().label == "my swap");
  requireWhole(made, "hibernated");
}

TEST_CASE("TuxOnIce leaves the signature and marks the first bytes") {
  MadeSwap made;
  made.put(0, "\xED\xC3\x02\xE9\x98\x56\xE5\x0C");
  CHECK(made.open()->info().state == fs::VolumeState::Hibernated);
  requireWhole(made, "hibernated");
  made.put(4086, "          ");
  requireWhole(made, "hibernated");
}

TEST_CASE("what a resume leaves beside the signature does not matter") {
  MadeSwap made;
  made.put(4050, "0123456789012345678901234567890123456");
  made.sign("SWAPSPACE2");
  CHECK(made.open()->used().whyWhole.empty());
}

TEST_CASE("a list of bad pages belongs to the header") {
  MadeSwap made;
  made.disk->put(1032, le32(2));
  made.disk->put(1536, le32(5));
  made.disk->put(1540, le32(6));
  CHECK(made.open()->used().whyWhole.empty());
  made.disk->put(1544, le32(7));  // one more than announced
  requireWhole(made, "unknown content");
}

TEST_CASE("a header page with anything else in it is not trusted") {
  MadeSwap made;
  SECTION("at the start") {
    made.put(0, "x");
    requireWhole(made, "first KiB");
  }
  SECTION("at the end of the first KiB") {
    made.put(1023, "x");
    requireWhole(made, "first KiB");
  }
  SECTION("in the padding") {
    made.put(1068, "x");
    requireWhole(made, "unknown content");
  }
  SECTION("at the end of the padding") {
    made.put(1535, "x");
    requireWhole(made, "unknown content");
  }
  SECTION("behind it") {
    made.put(4000, "x");
    requireWhole(made, "unknown content");
  }
  SECTION("more bad pages than there is room for") {
    made.disk->put(1032, le32(GENERATE(700U, 0xFFFFFFFFU)));
    requireWhole(made, "bad pages");
  }
  SECTION("another version") {
    made.disk->put(1024, le32(2));
    requireWhole(made, "version 2");
  }
  SECTION("no pages") {
    made.disk->put(1028, le32(0));
    requireWhole(made, "no pages");
  }
  SECTION("the old format") {
    made.sign("SWAP-SPACE");
    requireWhole(made, "old kind");
  }
  SECTION("two headers") {
    made.put(65526, "SWAPSPACE2");
    requireWhole(made, "pages of 4096 and of 65536");
  }
}

TEST_CASE("a header that speaks of another size is not trusted") {
  MadeSwap made;
  made.disk->put(1028, le32(kSize / 4096));
  requireWhole(made, "speaks of");
  CHECK(made.open()->info().notes.size() == 1);
  made.disk->put(1028, le32(0xFFFFFFFF));
  requireWhole(made, "speaks of");
  made.disk->put(1028, le32(100));
  requireWhole(made, "speaks of");
  CHECK(made.open()->info().notes.empty());
}

TEST_CASE("partitions need not be whole pages") {
  MadeSwap made;
  made.disk->put(1028, le32(kSize / 4096 - 2));
  CHECK(made.open()->used().whyWhole.empty());
  made.disk->bytes().resize(kSize - 512);
  CHECK(made.open()->pageFiles() == ExtentSet{{4096, kSize - 512 - 4096}});
}

TEST_CASE("a former swap area under something else is copied whole") {
  MadeSwap made;
  SECTION("md") {
    made.put(4096, "\xFC\x4E\x2B\xA9");
  }
  SECTION("bcache") {
    made.put(4120, "\xC6\x85\x73\xF6\x4E\x1A\x45\xCA\x82\x65\xF5\x7F\x48\xBA\x6D\x81");
  }
  SECTION("Btrfs") {
    made.put(65600, "_BHRfS_M");
  }
  SECTION("JFS") {
    made.put(32768, "JFS1");
  }
  SECTION("ReiserFS") {
    made.put(65588, "ReIsEr2Fs");
  }
  SECTION("ZFS") {
    made.disk->put(131072 + 5 * 1024, le64(0x00BAB10C));
  }
  SECTION("ZFS of the other byte order") {
    made.disk->put(131072 + 127 * 1024, be64(0x00BAB10C));
  }
  requireWhole(made, "also the signature of");
}

TEST_CASE("labels that are no UTF-8 are made so") {
  MadeSwap made;
  made.put(1052, std::string_view("Gr\xC3\xB6\xC3\x9F"
                                  "e\xFF\x01\xC3\0rest",
                                  14));
  CHECK(made.open()->info().label == "Größe???");
}

TEST_CASE("a UUID of zeroes is none") {
  MadeSwap made;
  made.put(1036, std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16));
  CHECK(made.open()->info().uuid.empty());
}

TEST_CASE("no header, however damaged, leads outside the volume") {
  std::mt19937 random(9);
  for (int round = 0; round < 2000; ++round) {
    MadeSwap made(4096U << random() % 5);
    for (int i = 0; i < 3; ++i) {
      made.disk->put(1024 + random() % 48, static_cast<std::uint8_t>(random()));
    }
    if (round % 2 == 0) made.disk->bytes().resize(random() % kSize);
    const auto fs = made.open();
    if (!fs) continue;
    const fs::UsedMap map = fs->used();
    REQUIRE_FALSE(map.extents.empty());
    REQUIRE(map.extents.extents().back().end() <= made.disk->size());
    const ExtentSet pages = fs->pageFiles();
    REQUIRE(pages ==
            (map.whyWhole.empty() ? subtract({{0, made.disk->size()}}, map.extents) : ExtentSet{}));
    if (!fs->signatures().empty()) {
      REQUIRE(fs->signatures().extents().back().end() <= made.disk->size());
    }
  }
}
