// Against sfdisk, sgdisk, parted and the mkfs tools: byte for byte what they write, and no
// complaint from them about what was moved. What is not installed is skipped with a warning.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "clone/io/file_reader.h"
#include "clone/table/layout.h"
#include "tests/clone/table/disks.h"
#include "tests/support/catch.h"

namespace disktwin::table {

using test::told;

namespace {

// A sparse file that goes away with the test.
class DiskFile {
 public:
  explicit DiskFile(std::uint64_t size) {
    // The name must not end in a digit, or sfdisk lists partitions with a p before the number.
    // The tools flush after every step, which costs nothing in memory.
    const std::filesystem::path memory = "/dev/shm";
    const auto folder =
        access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    std::string path = (folder / "disktwin-table.XXXXXX.img").string();
    const int descriptor = mkstemps(path.data(), 4);
    REQUIRE(descriptor >= 0);
    close(descriptor);
    path_ = path;
    std::filesystem::resize_file(path_, size);
  }
  ~DiskFile() { std::filesystem::remove(path_); }
  DiskFile(const DiskFile&) = delete;
  DiskFile& operator=(const DiskFile&) = delete;

  const std::string& path() const { return path_; }
  FileReader reader() const { return FileReader(File::openRead(path_)); }
  Layout parsed() const { return parse(reader()); }
  void resize(std::uint64_t size) { std::filesystem::resize_file(path_, size); }
  void write(const Layout& layout) {
    File file = File::openWrite(path_);
    for (const TableBlock& block : encode(layout)) file.writeAt(block.offset, block.bytes);
    file.flush();
  }

 private:
  std::string path_;
};

struct Outcome {
  int status;
  std::string text;
};

// Runs a shell command with %s replaced by the file's path.
Outcome run(const DiskFile& disk, std::string command) {
  for (auto at = command.find("%s"); at != std::string::npos; at = command.find("%s")) {
    command.replace(at, 2, disk.path());
  }
  command = "export LC_ALL=C PATH=\"$PATH:/usr/sbin:/sbin\"; { " + command + "; } 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Outcome out{0, {}};
  char buffer[4096];
  while (const std::size_t got = fread(buffer, 1, sizeof buffer, pipe))
    out.text.append(buffer, got);
  const int status = pclose(pipe);
  out.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return out;
}

bool has(const std::string& tool) {
  const std::string command =
      "PATH=\"$PATH:/usr/sbin:/sbin\"; command -v " + tool + " >/dev/null 2>&1";
  const bool found = std::system(command.c_str()) == 0;
  if (!found) WARN(tool << " is not installed: not tested against it");
  return found;
}

void make(const DiskFile& disk, const std::string& command) {
  const Outcome outcome = run(disk, command);
  INFO(command << "\n" << outcome.text);
  REQUIRE(outcome.status == 0);
}

void checkSameBytes(const DiskFile& disk, const Layout& layout) {
  const FileReader reader = disk.reader();
  for (const TableBlock& block : encode(layout)) {
    INFO("block at " << block.offset);
    CHECK(readBytes(reader, block.offset, block.bytes.size()) == block.bytes);
  }
}

// It finds "no problems" in what it has just repaired in memory, too; the CRCs tell.
bool sgdiskIsContent(const DiskFile& disk) {
  const Outcome outcome = run(disk, "sgdisk -v %s");
  const auto says = [&outcome](const char* text) {
    return outcome.text.find(text) != std::string::npos;
  };
  const bool content = outcome.status == 0 && says("No problems found") && !says("CRC") &&
                       !says("ERROR") && !says("corrupt");
  if (!content) UNSCOPED_INFO(outcome.text);
  return content;
}

struct Recipe {
  const char* tool;
  const char* command;
  std::size_t partitions;
};

// A disk of 64 MiB made by the recipe. sgdisk sleeps a second after every write, so each is made
// once and then copied.
void makeOnce(const DiskFile& disk, const Recipe& recipe) {
  static std::map<std::string, std::unique_ptr<DiskFile>> made;
  auto& model = made[recipe.command];
  if (!model) {
    model = std::make_unique<DiskFile>(64 * MiB);
    make(*model, recipe.command);
  }
  make(disk, "cp --sparse=always " + model->path() + " %s");
}

const Recipe kGptRecipes[] = {
    {"sfdisk",
     "printf 'label: "
     "gpt\\nsize=10M,name=\"Gr\\303\\274n\"\\nsize=5M,type=U,attrs=LegacyBIOSBootable\\n,\\n' |"
     " sfdisk -q %s",
     3},
    {"sfdisk",
     "printf 'label: gpt\\ntable-length: 256\\nfirst-lba: 100\\nlast-lba: 90000\\n5: size=10M\\n"
     "200: size=5M,attrs=\"RequiredPartition GUID:60\"\\n' | sfdisk -q %s",
     2},
    {"sgdisk", "sgdisk -n 1:0:+10M -n 2:0:+5M -t 1:ef00 -c 1:ESP -A 2:set:2 -n 7:0:0 %s", 3},
    {"sgdisk", "sgdisk -S 512 -a 1 -n 300:200:+1M %s", 1},
    {"sgdisk", "sgdisk -j 64 -n 1:0:+10M %s", 1},
    {"sgdisk", "sgdisk -n 1:0:+10M -n 2:0:+5M -n 3:0:+5M -h 1:2 %s && sgdisk -d 3 %s", 2},
    {"parted",
     "parted -s %s mklabel gpt mkpart one fat32 1MiB 10MiB mkpart two ext4 10MiB 60MiB"
     " set 1 esp on",
     2},
    {"parted", "parted -s %s mklabel gpt disk_set pmbr_boot on", 0},
};

}  // namespace

TEST_CASE("GPTs by sfdisk, sgdisk and parted are read without complaint and written alike") {
  for (const Recipe& recipe : kGptRecipes) {
    if (!has(recipe.tool)) continue;
    DiskFile disk(64 * MiB);
    makeOnce(disk, recipe);
    const Layout layout = disk.parsed();
    INFO(recipe.command << "\n" << told(layout));
    CHECK(layout.kind == TableKind::Gpt);
    CHECK(layout.partitions.size() == recipe.partitions);
    CHECK(test::count(layout, Severity::Fatal) + test::count(layout, Severity::Repaired) == 0);
    CHECK((told(layout).empty() || layout.isHybrid()));
    CHECK(relocated(layout, layout.sectorCount) == layout);
    checkSameBytes(disk, layout);
  }
}

TEST_CASE("a GPT on more than 2 TiB is written alike") {
  for (const Recipe& recipe : {kGptRecipes[0], kGptRecipes[2], kGptRecipes[6]}) {
    if (!has(recipe.tool)) continue;
    DiskFile disk(3 * TiB);
    make(disk, recipe.command);
    const Layout layout = disk.parsed();
    INFO(recipe.command << "\n" << told(layout));
    CHECK(told(layout).empty());
    checkSameBytes(disk, layout);
    CHECK(relocated(layout, layout.sectorCount) == layout);
  }
}

TEST_CASE("names, types and attributes are those that sfdisk was given") {
  if (!has("sfdisk")) return;
  DiskFile disk(64 * MiB);
  makeOnce(disk, kGptRecipes[0]);
  const Layout layout = disk.parsed();
  CHECK(layout.find(1)->name() == "Gr\u00FCn");
  CHECK(layout.find(1)->firstLba == 2048);
  CHECK(layout.find(1)->lbaCount == 20480);
  CHECK(layout.find(2)->type.toString() == "C12A7328-F81F-11D2-BA4B-00A0C93EC93B");
  CHECK(layout.find(2)->attributes == 4);
}

TEST_CASE("MBRs by sfdisk and parted are read without complaint and written alike") {
  const Recipe recipes[] = {
      {"sfdisk",
       "printf 'label: dos\\nsize=10M,type=7,bootable\\ntype=5\\nsize=5M\\nsize=5M\\nsize=1M\\n' |"
       " sfdisk -q %s",
       5},
      {"sfdisk", "printf 'label: dos\\nsize=10M\\ntype=f\\n' | sfdisk -q %s", 2},
      {"sfdisk", "printf 'label: dos\\n' | sfdisk -q %s", 0},
      {"sfdisk",
       "printf 'label: dos\\n4: start=2048,type=85\\n5: start=40960,size=5M\\n"
       "6: start=8192,size=5M\\n' | sfdisk -q %s && sfdisk -q --delete %s 5",
       2},
      {"parted",
       "parted -s %s mklabel msdos mkpart primary 1MiB 10MiB mkpart extended 20MiB 60MiB"
       " mkpart logical 21MiB 30MiB mkpart logical 31MiB 40MiB mkpart logical 45MiB 50MiB"
       " set 1 boot on",
       5},
      {"parted",
       "parted -s %s mklabel msdos mkpart extended 20MiB 60MiB mkpart logical 21MiB 30MiB"
       " mkpart logical 31MiB 40MiB rm 5",
       2},
      {"fdisk",
       "printf 'o\\nn\\ne\\n1\\n\\n\\nn\\n\\n+5M\\nn\\n\\n+5M\\nn\\n\\n+5M\\nd\\n5\\nw\\n' |"
       " fdisk %s",
       3},
  };
  for (const Recipe& recipe : recipes) {
    if (!has(recipe.tool)) continue;
    DiskFile disk(64 * MiB);
    make(disk, recipe.command);
    const Layout layout = disk.parsed();
    INFO(recipe.command << "\n" << told(layout));
    CHECK(layout.kind == TableKind::Mbr);
    CHECK(layout.partitions.size() == recipe.partitions);
    CHECK(told(layout).empty());
    checkSameBytes(disk, layout);
  }
}

TEST_CASE("logical partitions have the places and numbers that sfdisk lists") {
  if (!has("sfdisk")) return;
  DiskFile disk(64 * MiB);
  make(disk,
       "printf 'label: dos\\nsize=10M\\n3: type=5,start=22528\\n5: start=40960,size=5M\\n"
       "6: start=26624,size=6M\\n7: size=1M\\n' | sfdisk -q %s");
  const Layout layout = disk.parsed();
  const Outcome listed = run(disk, "sfdisk -d %s");
  for (const Partition& partition : layout.partitions) {
    char line[200];
    std::snprintf(line, sizeof line, "%s%u : start=%12llu, size=%12llu", disk.path().c_str(),
                  partition.number, static_cast<unsigned long long>(partition.firstLba),
                  static_cast<unsigned long long>(partition.lbaCount));
    CHECK_THAT(listed.text, ContainsSubstring(line));
  }
  CHECK(layout.partitions.size() == 5);
}

TEST_CASE("fdisk's tables for sectors of 4096 bytes are read and written alike") {
  if (!has("fdisk")) return;
  for (const char* command :
       {"printf 'g\\nn\\n\\n\\n+10M\\nn\\n\\n\\n+5M\\nw\\n' | fdisk -b 4096 %s",
        "printf 'o\\nn\\np\\n1\\n\\n+10M\\nn\\ne\\n2\\n\\n\\nn\\n\\n+5M\\nn\\n\\n+5M\\nw\\n' |"
        " fdisk -b 4096 %s"}) {
    DiskFile disk(64 * MiB);
    make(disk, command);
    const FileReader file = disk.reader();
    const test::MemoryDisk device(readBytes(file, 0, file.size()), 4096);
    const Layout layout = parse(device);
    INFO(command << "\n" << told(layout));
    CHECK(layout.sectorSize == 4096);
    CHECK(layout.partitions.size() >= 2);
    CHECK(told(layout).empty());
    checkSameBytes(disk, layout);
    // A file does not say what its sectors are.
    CHECK(disk.parsed() == layout);
  }
}

TEST_CASE("a GPT that was moved to another size satisfies sgdisk and sfdisk") {
  for (const Recipe& recipe : kGptRecipes) {
    if (!has(recipe.tool) || !has("sgdisk") || !has("sfdisk")) continue;
    DiskFile source(64 * MiB);
    makeOnce(source, recipe);
    const Layout layout = source.parsed();
    for (const std::uint64_t sectors : {sectorsNeeded(layout), 200001UL, 6UL * (TiB / 1024)}) {
      DiskFile target(sectors * 512);
      target.write(relocated(layout, sectors));
      INFO(recipe.command << " to " << sectors);
      CHECK(told(target.parsed()) == told(layout));
      CHECK(sgdiskIsContent(target));
      // sfdisk takes a hybrid for a damaged protective MBR, on the source as well.
      if (layout.isHybrid()) continue;
      const Outcome sfdisk = run(target, "sfdisk --verify %s");
      INFO(sfdisk.text);
      CHECK(sfdisk.status == 0);
      CHECK_THAT(sfdisk.text, ContainsSubstring("No errors detected"));
    }
  }
}

TEST_CASE("what was repaired satisfies sgdisk") {
  if (!has("sgdisk")) return;
  for (const std::uint64_t offset : {512UL, 1024UL, 64 * MiB - 512, 64 * MiB - 33 * 512}) {
    DiskFile disk(64 * MiB);
    makeOnce(disk, kGptRecipes[2]);
    {
      std::fstream file(disk.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(offset) + 30);
      file.put('\x5A');
    }
    CHECK_FALSE(sgdiskIsContent(disk));
    const Layout layout = disk.parsed();
    CHECK(test::count(layout, Severity::Repaired) == 1);
    disk.write(layout);
    CHECK(sgdiskIsContent(disk));
  }
}

TEST_CASE("a disk that was grown has its backup in the middle, as sgdisk finds too") {
  if (!has("sfdisk") || !has("sgdisk")) return;
  DiskFile disk(64 * MiB);
  makeOnce(disk, kGptRecipes[0]);
  disk.resize(128 * MiB);
  const Layout layout = disk.parsed();
  CHECK_THAT(told(layout), ContainsSubstring("probably grown"));
  checkSameBytes(disk, layout);
  CHECK_FALSE(sgdiskIsContent(disk));
  disk.write(relocated(layout, layout.sectorCount));
  CHECK(sgdiskIsContent(disk));
}

TEST_CASE("filesystems on a whole disk are no tables") {
  const Recipe recipes[] = {
      {"mkfs.fat", "mkfs.fat --mbr=n %s", 0},       {"mkfs.fat", "mkfs.fat -F 12 --mbr=n %s", 0},
      {"mkfs.fat", "mkfs.fat -F 32 --mbr=n %s", 0}, {"mkfs.fat", "mkfs.fat --mbr=y %s", 0},
      {"mkfs.ntfs", "mkfs.ntfs -F -Q %s", 0},       {"mkfs.exfat", "mkfs.exfat %s", 0},
      {"mkfs.ext4", "mkfs.ext4 -q -F %s", 0},       {"mkswap", "mkswap %s", 0},
  };
  for (const Recipe& recipe : recipes) {
    if (!has(recipe.tool)) continue;
    DiskFile disk(64 * MiB);
    make(disk, recipe.command);
    INFO(recipe.command);
    CHECK(disk.parsed().kind == TableKind::None);
  }
}

}  // namespace disktwin::table
