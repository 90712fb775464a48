// What of the logical volumes is needed.
#include "clone/fs/lvm/foreign.h"

#include <cstring>
#include "tests/fs/lvm/made_pv.h"

using namespace disktwin;
using namespace disktwin::test;

namespace {

std::string linear(const std::string& name, unsigned first, unsigned count,
                   const std::string& status = "\"READ\", \"WRITE\", \"VISIBLE\"") {
  return logical(name, {striped(0, count, fmt::format("\"pv0\", {}", first))}, status);
}

// Each of these holds swap space: looked into, only a page of it is copied.
struct Case {
  MadePv made;
  explicit Case(const std::string& logicals) {
    made.putSwap(MiB + 2 * MiB, 4 * MiB);
    made.putSwap(MiB + 20 * MiB, 4 * MiB);
    made.write(logicals);
  }
  bool isWhole(unsigned first, unsigned count) const {
    return made.used().contains(MadePv::extents(first, count));
  }
  const fs::InnerVolume& inner(const std::string& name) {
    fs = made.open();
    REQUIRE(fs);
    for (const fs::InnerVolume& one : fs->info().inner) {
      if (one.name == "vg/" + name) return one;
    }
    FAIL("no logical volume " << name);
    throw 0;
  }
  std::unique_ptr<fs::FileSystem> fs;
};

std::string whyWhole(const std::string& logicals) {
  return Case(logicals).made.whyWhole();
}

const std::string kStatus = "\"READ\", \"WRITE\", \"VISIBLE\"";

}  // namespace

TEST_CASE("what lies in a logical volume can be read") {
  Case one(linear("unknown", 10, 3) + linear("root", 2, 4));
  one.inner("root");
  for (std::size_t i = 0; i < one.fs->info().inner.size(); ++i) {
    const fs::FileSystem::Inside inside = one.fs->inside(i);
    REQUIRE(inside.reader);
    if (one.fs->info().inner[i].name != "vg/root") {
      CHECK_FALSE(inside.fs);
      continue;
    }
    REQUIRE(inside.fs);
    CHECK(inside.fs->info().type == "swap");
    CHECK(inside.reader->size() == 4 * MiB);
    std::vector<std::byte> mark(10);
    inside.reader->read(4086, mark);
    CHECK(std::memcmp(mark.data(), "SWAPSPACE2", mark.size()) == 0);
  }
  CHECK_FALSE(one.fs->inside(99).reader);
}

TEST_CASE("of a logical volume that can be looked into, what is in use is copied") {
  Case one(linear("root", 2, 4) + linear("unknown", 10, 3));
  CHECK(one.made.used() == ExtentSet{{0, MiB}, {3 * MiB, 4096}, MadePv::extents(10, 3)});
  CHECK(one.inner("root").kind == "linear");
  CHECK(one.inner("root").size == 4 * MiB);
  CHECK(one.inner("root").content.type == "swap");
  CHECK(one.inner("root").whyWhole == "");
  CHECK(one.inner("unknown").content.type == "");
  CHECK_THAT(one.inner("unknown").whyWhole, ContainsSubstring("nothing known"));
  CHECK(one.fs->info().used == MiB + 7 * MiB);
  CHECK(one.fs->info().blockSize == MiB);
  CHECK(one.fs->info().state == fs::VolumeState::Clean);
  CHECK(one.fs->pageFiles() == ExtentSet{{3 * MiB + 4096, 4 * MiB - 4096}});
}

TEST_CASE("pieces and stripes are put together") {
  MadePv made;
  // The first page of the swap space lies in the second piece of 4 KiB of the volume at extent 9.
  made.putSwap(MiB + 9 * MiB, 8 * MiB);
  made.write(logical(
      "data", {striped(0, 4, "\"pv0\", 9, \"pv0\", 5", 2, 8), striped(4, 4, "\"pv0\", 20")}));
  CHECK(made.used() == ExtentSet{{0, MiB}, {10 * MiB, 4096}});
  CHECK(made.open()->info().inner.front().kind == "striped");
  // The second page lies in the other column, where nothing is known of it.
  CHECK(made.open()->pageFiles().contains({6 * MiB, 2 * MiB}));
  CHECK(made.open()->pageFiles().contains(MadePv::extents(20, 4)));
}

TEST_CASE("a room behind a filesystem is copied, for others keep their data there") {
  MadePv made;
  made.putSwap(3 * MiB, 3 * MiB);
  made.write(linear("root", 2, 4));
  CHECK(made.used() == ExtentSet{{0, MiB}, {3 * MiB, 4096}, {6 * MiB, MiB}});
}

TEST_CASE("a filesystem whose map is not proven is copied whole") {
  MadePv made;
  made.disk->put(3 * MiB + 1024 + 56, le16(0xEF53));  // an ext2 that says nothing else
  made.write(linear("root", 2, 4));
  CHECK(made.open()->info().inner.front().content.type.starts_with("ext"));
  CHECK(made.used() == ExtentSet{{0, MiB}, MadePv::extents(2, 4)});
}

TEST_CASE("an origin of a snapshot is copied whole, for the snapshot reads what it has freed") {
  Case one(linear("root", 2, 4) + linear("snap", 20, 4, "\"READ\", \"WRITE\"") +
           logical("snapshot0", {segment(4, "snapshot",
                                         "chunk_size = 8\norigin = \"root\"\n"
                                         "cow_store = \"snap\"")}));
  CHECK(one.isWhole(2, 4));
  CHECK(one.isWhole(20, 4));
  CHECK_THAT(one.inner("root").whyWhole, ContainsSubstring("snapshot"));
  CHECK(one.inner("snap").kind == "snapshot");
  CHECK(one.fs->info().inner.size() == 2);
}

TEST_CASE("a snapshot that is being merged needs its origin and its store") {
  Case one(linear("root", 2, 4) + linear("snap", 20, 4, "\"READ\", \"WRITE\"") +
           logical("snapshot0", {segment(4, "snapshot",
                                         "origin = \"root\"\n"
                                         "merging_store = \"snap\"")}));
  CHECK(one.isWhole(2, 4));
  CHECK(one.isWhole(20, 4));
}

TEST_CASE("an external origin of thin volumes is copied whole") {
  Case one(linear("root", 2, 4) + linear("pool_tdata", 20, 4, "\"READ\"") +
           logical("pool", {segment(4, "thin-pool", "metadata = \"m\"\npool = \"pool_tdata\"")}) +
           logical("thin", {segment(99, "thin",
                                    "thin_pool = \"pool\"\n"
                                    "external_origin = \"root\"")}));
  CHECK(one.isWhole(2, 4));
  CHECK(one.isWhole(20, 4));
  CHECK_THAT(one.inner("root").whyWhole, ContainsSubstring("thin volumes stand on it"));
  CHECK(one.inner("thin").kind == "thin volume");
  CHECK(one.inner("thin").size == 99 * MiB);
  CHECK(one.inner("pool").kind == "thin pool");
}

TEST_CASE("parts of other volumes are copied whole, and only the others are named") {
  Case one(logical("slow", {segment(4, "cache", "cache_pool = \"c\"\norigin = \"slow_corig\"")}) +
           linear("slow_corig", 2, 4) +
           logical("safe", {segment(4, "raid1",
                                    "device_count = 2\nraids = [\"r_rmeta_0\", "
                                    "\"r_rimage_0\", \"x\", \"y\"]")}) +
           linear("r_rimage_0", 20, 4, "\"READ\", \"WRITE\"") +
           linear("r_rmeta_0", 19, 1, "\"READ\", \"WRITE\""));
  CHECK(one.isWhole(2, 4));
  CHECK(one.isWhole(19, 5));
  CHECK(one.inner("slow").kind == "cache");
  CHECK(one.inner("safe").kind == "raid1");
  CHECK_THAT(one.inner("safe").whyWhole, ContainsSubstring("not looked into"));
}

TEST_CASE("a spare volume of LVM itself is copied, but not named") {
  Case one(linear("lvol0_pmspare", 2, 4, "\"READ\", \"WRITE\""));
  CHECK(one.isWhole(2, 4));
  CHECK(one.made.open()->info().inner.empty());
}

TEST_CASE("a volume on the move is copied whole") {
  Case one(logical("root", {striped(0, 4, "\"pvmove0\", 0")}, kStatus + ", \"LOCKED\"") +
           logical("pvmove0",
                   {segment(4, "mirror", "mirror_count = 2\nmirrors = [\"pv0\", 2, \"pv0\", 20]")},
                   "\"READ\", \"WRITE\", \"PVMOVE\", \"LOCKED\""));
  CHECK(one.isWhole(2, 4));
  CHECK(one.isWhole(20, 4));
  CHECK_FALSE(one.inner("root").whyWhole.empty());
}

TEST_CASE("states that are not understood mean the whole volume") {
  for (const char* status : {"LOCKED", "PVMOVE", "NOTSYNCED", "SOMETHING_NEW"}) {
    Case one(linear("root", 2, 4, kStatus + fmt::format(", \"{}\"", status)));
    CHECK(one.isWhole(2, 4));
  }
  CHECK_FALSE(Case(linear("root", 2, 4, kStatus + ", \"FIXED_MINOR\"")).isWhole(2, 4));
}

TEST_CASE("what lies partly elsewhere is copied whole as far as it is here") {
  MadePv made;
  made.putSwap(3 * MiB, 8 * MiB);
  made.write(std::vector{
      group(physical("pv0", kDashedUuid, 40) + physical("pv1", "another", 40),
            logical("both", {striped(0, 4, "\"pv0\", 2"), striped(4, 4, "\"pv1\", 0")}) +
                logical("elsewhere", {striped(0, 4, "\"pv1\", 30")}))});
  CHECK(made.used() == ExtentSet{{0, MiB}, MadePv::extents(2, 4)});
  const auto fs = made.open();
  REQUIRE(fs->info().inner.size() == 1);
  CHECK_THAT(fs->info().inner.front().whyWhole, ContainsSubstring("another physical volume"));
  CHECK_THAT(fs->info().notes.at(1), ContainsSubstring("the others are another"));
}

TEST_CASE("a kind that is not understood makes all of it needed only where it names the volume") {
  CHECK_THAT(whyWhole(logical("new", {segment(4, "hologram", "layers = [\"pv0\", 2]")})),
             ContainsSubstring("unknown kind hologram"));
  CHECK_THAT(whyWhole(logical("new", {segment(4, "striped+STRANGE", "stripes = [\"pv0\", 2]")})),
             ContainsSubstring("unknown kind"));
  Case one(logical("new", {segment(4, "hologram", "layers = [\"part\"]")}) + linear("part", 2, 4));
  CHECK(one.isWhole(2, 4));
  CHECK(one.inner("new").kind == "hologram");
}

TEST_CASE("groups that contradict themselves are not trusted") {
  CHECK_THAT(whyWhole(linear("a", 2, 4) + linear("b", 5, 2)), ContainsSubstring("two logical"));
  CHECK_THAT(whyWhole(logical("a", {striped(0, 4, "\"pv0\", 2, \"pv0\", 3", 2)})),
             ContainsSubstring("two logical"));
  CHECK_THAT(whyWhole(linear("a", 2, 4) + linear("a", 10, 4)), ContainsSubstring("called a"));
  CHECK_THAT(whyWhole(linear("a", 37, 4)), ContainsSubstring("beyond the last extent"));
  CHECK_THAT(whyWhole(linear("a", 4294967295, 4)), ContainsSubstring("beyond the last extent"));
  CHECK_THAT(whyWhole(logical("a", {striped(1, 4, "\"pv0\", 2")})), ContainsSubstring("follow"));
  CHECK_THAT(whyWhole(logical("a", {striped(0, 0, "\"pv0\", 2")})), ContainsSubstring("follow"));
  CHECK_THAT(whyWhole(logical("a", {striped(0, 4, "\"pv7\", 2")})), ContainsSubstring("not there"));
  CHECK_THAT(whyWhole(logical("a", {striped(0, 5, "\"pv0\", 2, \"pv0\", 9", 2)})),
             ContainsSubstring("5 extents"));
  CHECK_THAT(whyWhole(logical("a", {striped(0, 4, "\"pv0\", 2", 0)})),
             ContainsSubstring("stripes"));
  CHECK_THAT(whyWhole(logical("a", {striped(0, 4, "\"pv0\", 2", 2)})), ContainsSubstring("areas"));
}

TEST_CASE("stripes that do not fill extents are not mapped") {
  Case one(logical("a", {striped(0, 4, "\"pv0\", 2, \"pv0\", 4", 2, 3000)}));
  CHECK(one.isWhole(2, 4));
  Case none(logical("a", {striped(0, 4, "\"pv0\", 2, \"pv0\", 4", 2, 0)}));
  CHECK(none.isWhole(2, 4));
}

TEST_CASE("a group has to know the volume, once, and to fit on it") {
  MadePv made;
  made.write(std::vector{group(physical("pv0", "another", 40), "")});
  CHECK_THAT(made.whyWhole(), ContainsSubstring("does not know it"));
  made.write(
      std::vector{group(physical("pv0", kDashedUuid, 40) + physical("pv1", kDashedUuid, 40), "")});
  CHECK_THAT(made.whyWhole(), ContainsSubstring("twice"));
  made.write(std::vector{group(physical("pv0", kDashedUuid, 42), "")});
  CHECK_THAT(made.whyWhole(), ContainsSubstring("counts on 42 extents"));
  made.write(std::vector{group(physical("pv0", kDashedUuid, 40), "", 7, 0)});
  CHECK_THAT(made.whyWhole(), ContainsSubstring("no size"));
}

TEST_CASE("marks of something else speak against a map") {
  const char* what = GENERATE("LVM2 001", "EFI PART", "JFS1", "version");
  Case one(linear("root", 2, 4));
  std::uint64_t at = 3 * MiB;
  if (what == std::string("LVM2 001")) at += 24;
  if (what == std::string("EFI PART")) at += 512;
  if (what == std::string("JFS1")) at += 32768;
  if (what == std::string("version")) at += 16384 + 24;
  one.made.disk->put(at, std::as_bytes(std::span(what, std::strlen(what))));
  CHECK(one.isWhole(2, 4));
}

TEST_CASE("partition tables and newer formats over an old filesystem are seen") {
  const auto markOn = [](std::uint64_t offset, std::string_view bytes, std::string_view type) {
    SparseDisk disk(MiB);
    disk.put(offset, std::as_bytes(std::span(bytes)));
    return fs::lvm::findForeign(disk, type);
  };
  const std::string table = std::string("\x83", 1) + std::string(59, '\0') + "\x55\xAA";
  CHECK(markOn(450, table, "ext4") == "a partition table");
  // Boot code may stand there.
  CHECK(markOn(450, table, "ntfs") == "");
  CHECK(markOn(510, "\x55\xAA", "ext4") == "");
  CHECK(markOn(512, "EFI PART", "ext4") == "a partition table");
  CHECK(markOn(4096, "\xFC\x4E\x2B\xA9", "ext4") == "a RAID member");
  CHECK(markOn(16384 + 24, "version", "ext4") == "ZFS");
  CHECK(markOn(536, "LVM2 001", "ntfs") == "LVM");
  CHECK(fs::lvm::findForeign(SparseDisk(0), "ext4") == "");
}

TEST_CASE("marks of two formats mean that none is believed") {
  MadePv made;
  made.disk->put(3 * MiB + 1024 + 56, le16(0xEF53));
  made.disk->put(3 * MiB, std::as_bytes(std::span("LUKS\xBA\xBE\0\1", 8)));
  made.write(linear("root", 2, 4));
  CHECK(made.used() == ExtentSet{{0, MiB}, MadePv::extents(2, 4)});
  CHECK_THAT(made.open()->info().inner.front().whyWhole, ContainsSubstring("several formats"));
}

TEST_CASE("a careful user is told what is special") {
  MadePv made;
  made.write(std::vector{
      group(physical("pv0", kDashedUuid, 40), "", 7, 2048, "\"EXPORTED\", \"SHARED\", \"READ\"")});
  const auto notes = made.open()->info().notes;
  REQUIRE(notes.size() == 3);
  CHECK_THAT(notes[0], ContainsSubstring("vgimportclone"));
  CHECK_THAT(notes[1], ContainsSubstring("vgimport"));
  CHECK_THAT(notes[2], ContainsSubstring("shared"));
}
