#include "tests/fs/fat/made_fat.h"

using namespace disktwin;
using namespace disktwin::test;

TEST_CASE("every kind of FAT is recognised and named") {
  const auto shape = GENERATE(fat12(), fat16(), fat32());
  const MadeFat made(shape);
  const auto fs = made.open();
  REQUIRE(fs);
  CHECK(fs->info().type == "vfat");
  CHECK(fs->info().uuid == "1234-ABCD");
  CHECK(fs->info().label == "IN BOOT");
  CHECK(fs->info().blockSize == 512);
  CHECK(fs->info().size == made.disk->size());
  CHECK(fs->info().state == fs::VolumeState::Clean);
  REQUIRE_FALSE(fs->info().notes.empty());
  CHECK(fs->info().notes.front() == "FAT" + std::to_string(shape.bits));
}

TEST_CASE("FAT32 with few clusters is FAT32, as drivers have it") {
  auto shape = fat32();
  shape.clusters = 3000;
  CHECK(MadeFat(shape).open()->info().notes.front() == "FAT32");
}

TEST_CASE("the label in the root directory goes before the one in the boot sector") {
  const auto shape = GENERATE(fat12(), fat16(), fat32());
  MadeFat made(shape);
  made.putName(made.rootAt(), "\xE5LETED    X", 0x08);
  made.putName(made.rootAt() + 32, "LONG NAME  ", 0x0F);
  made.putName(made.rootAt() + 64, "FILE    TXT", 0x20);
  made.putName(made.rootAt() + 96, "IN ROOT    ", 0x08);
  CHECK(made.open()->info().label == "IN ROOT");
}

TEST_CASE("nothing behind the end of the root directory is taken for the label") {
  MadeFat made(fat16());
  made.putName(made.rootAt() + 32, "IN ROOT    ", 0x08);
  CHECK(made.open()->info().label == "IN BOOT");
}

TEST_CASE("the label is found in a later cluster of a FAT32 root directory") {
  MadeFat made(fat32());
  made.setEntry(2, 400);
  made.setEntry(400, 0x0FFFFFFF);
  for (unsigned i = 0; i < 16; ++i) made.putName(made.rootAt() + i * 32, "FILE    TXT", 0x20);
  made.putName(made.clusterAt(400), "FAR AWAY   ", 0x08);
  CHECK(made.open()->info().label == "FAR AWAY");
}

TEST_CASE("labels are shown as UTF-8") {
  MadeFat made(fat16());
  made.putName(made.rootAt(), "\x05\x8E\x99\x9A\x01 \xB3    ", 0x08);
  CHECK(made.open()->info().label == "ÕÄÖÜ? │");
}

TEST_CASE("the formatters' word for no label is no label") {
  MadeFat made(fat32());
  made.putText(made.tail() + 7, "NO NAME    ");
  CHECK(made.open()->info().label.empty());
  made.putName(made.rootAt(), "NO NAME    ", 0x08);
  CHECK(made.open()->info().label.empty());
}

TEST_CASE("a volume number of zero is none") {
  MadeFat made(fat16());
  made.disk->put(39, le32(0));
  CHECK(made.open()->info().uuid.empty());
}

TEST_CASE("either the words or 55 AA mark a FAT, but one of them has to be there") {
  MadeFat made(fat16());
  made.putText(510, std::string_view("\0\0", 2));
  CHECK(made.open());
  made.putText(54, "????????");
  CHECK_FALSE(made.open());
  made.putText(510, "\x55\xAA");
  CHECK(made.open());
}

TEST_CASE("boot sectors of others are left alone, even with the numbers of a FAT") {
  MadeFat made(fat32());
  SECTION("NTFS") {
    made.putText(3, "NTFS    ");
  }
  SECTION("exFAT") {
    made.putText(3, "EXFAT   ");
  }
  SECTION("BitLocker") {
    made.putText(3, "-FVE-FS-");
  }
  SECTION("BitLocker To Go, by its identifier") {
    made.putText(3, "MSWIN4.1");
    made.putText(424, "\x3B\xD6\x67\x49\x29\x2E\xD8\x4A\x83\x99\xF6\xA3\x39\xE3\xD0\x01");
  }
  SECTION("BitLocker To Go, by its metadata") {
    made.putText(3, "MSWIN4.1");
    made.disk->put(440, le64(1048576));
    made.putText(1048576, "-FVE-FS-");
  }
  CHECK_FALSE(made.open());
}

TEST_CASE("Windows 98 wrote the same name as BitLocker To Go") {
  MadeFat made(fat32());
  made.putText(3, "MSWIN4.1");
  CHECK(made.open());
  made.disk->put(440, le64(~std::uint64_t{0}));
  CHECK(made.open());
}

TEST_CASE("the boot sectors that OS/2 puts before JFS and HPFS are no FAT") {
  MadeFat made(fat16());
  made.putText(54, GENERATE("JFS     ", "HPFS    "));
  CHECK_FALSE(made.open());
}

TEST_CASE("partition tables and other file systems are no FAT") {
  auto disk = std::make_shared<SparseDisk>(8 * MiB);
  const auto text = [&](std::uint64_t at, std::string_view value) {
    disk->put(at, std::as_bytes(std::span(value)));
  };
  SECTION("nothing at all") {}
  SECTION("a protective MBR") {
    text(446, std::string_view("\0\0\2\0\xEE\xFF\xFF\xFF\1\0\0\0\xFF\x3F\0\0", 16));
    text(510, "\x55\xAA");
    text(512, "EFI PART");
  }
  SECTION("GRUB in an MBR") {
    text(0, "\xEB\x63\x90");
    text(446, std::string_view("\x80\0\2\0\x83\xFF\xFF\xFF\0\x08\0\0\xFF\x3F\0\0", 16));
    text(510, "\x55\xAA");
  }
  SECTION("XFS") {
    text(0, std::string_view("XFSB\0\0\x10\0", 8));
  }
  SECTION("ext4 with a boot loader") {
    text(0, "\xEB\x63\x90");
    text(510, "\x55\xAA");
    text(1080, "\x53\xEF");
  }
  CHECK_FALSE(fs::fat::open(disk));
}

TEST_CASE("a volume smaller than a boot sector is no FAT") {
  CHECK_FALSE(fs::fat::open(std::make_shared<SparseDisk>(0)));
  CHECK_FALSE(fs::fat::open(std::make_shared<SparseDisk>(511)));
}
