// Real volumes, made by their own tools without root: what is read is what was put there.
#include <cstdlib>
#include <fstream>

#include "clone/files/open.h"
#include "clone/io/file_reader.h"
#include "platform/error.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace disktwin;

namespace {

void shell(const std::string& command) {
  REQUIRE(std::system(("PATH=$PATH:/usr/sbin:/sbin; " + command + " >/dev/null 2>&1").c_str()) ==
          0);
}

std::string sample(std::size_t length) {
  std::string out;
  for (std::size_t i = 0; i < length; ++i) out += static_cast<char>((i * 2654435761U) >> 13);
  return out;
}

// Fails where it is told to.
class Failing final : public BlockReader {
 public:
  explicit Failing(ReaderPtr base) : base_(std::move(base)) {}
  std::string name() const override { return "failing"; }
  std::uint64_t size() const override { return base_->size(); }
  std::uint32_t sectorSize() const override { return 512; }
  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    if (from != 0 && offset + out.size() > from) {
      throw Error(ErrorKind::Read, name(), "bad sector", {}, Extent{from, 512});
    }
    base_->read(offset, out);
  }
  std::uint64_t from = 0;

 private:
  ReaderPtr base_;
};

struct Ext4 {
  test::TempFolder folder;
  std::string content = sample(2500000);
  ReaderPtr reader;

  explicit Ext4(const std::string& options = "") {
    const std::string root = folder.file("root");
    shell("mkdir -p " + root + "/etc " + root + "/usr/lib " + root + "/many");
    std::ofstream(root + "/usr/lib/os-release") << "ID=sample\n";
    std::ofstream(root + "/large") << content;
    shell("ln -s ../usr/lib/os-release " + root + "/etc/os-release");
    shell("ln -s /usr " + root + "/absolute");
    shell("cd " + root +
          "/many && seq -f 'a file with a long name, number %g' 800 | tr '\\n' "
          "'\\0' | xargs -0 touch");
    shell("mke2fs -q -t ext4 " + options + " -d " + root + " " + folder.file("disk") + " 64M");
    reader = std::make_shared<FileReader>(File::openRead(folder.file("disk")));
  }
};

}  // namespace

TEST_CASE("files of ext4") {
  const Ext4 made;
  const auto tree = files::openTree(made.reader, "ext4");
  CHECK_FALSE(tree->ignoresCase());
  CHECK(tree->readText("/etc/os-release", 1000) == "ID=sample\n");
  CHECK(tree->readText("absolute/lib/os-release", 1000) == "ID=sample\n");
  CHECK(tree->readLink("etc/os-release") == "../usr/lib/os-release");
  CHECK(tree->statLink("etc/os-release").value().type == NodeType::Link);
  CHECK(tree->stat("etc/os-release").value().type == NodeType::Regular);
  CHECK(tree->stat("large").value().size == made.content.size());
  CHECK(tree->isFolder("usr"));
  CHECK_FALSE(tree->stat("USR"));
  CHECK_FALSE(tree->stat("nothing"));
  CHECK_FALSE(tree->readText("usr", 1000));
  CHECK_FALSE(tree->readText("large", 1000));
  CHECK(tree->readText("large", 3000000) == made.content);
  CHECK_THROWS_AS(tree->readLink("large"), Error);
  CHECK(tree->listSome("many", 10000).size() == 800);
  CHECK(tree->listSome("many", 10).size() == 10);
  CHECK(tree->listSome("nothing", 10).empty());
}

TEST_CASE("files are read from any offset on") {
  const Ext4 made;
  const auto tree = files::openTree(made.reader, "ext4");
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{1}, std::size_t{4095}, std::size_t{1234567},
        made.content.size() - 1, made.content.size()}) {
    std::string out(100000, 'x');
    const std::size_t got =
        tree->read("large", at, std::as_writable_bytes(std::span(out.data(), out.size())));
    CHECK(got == std::min(out.size(), made.content.size() - at));
    CHECK(out.substr(0, got) == made.content.substr(at, got));
  }
}

TEST_CASE("a medium that fails is an error of reading, and the next request may work") {
  const Ext4 made;
  const auto failing = std::make_shared<Failing>(made.reader);
  const auto tree = files::openTree(failing, "ext4");
  CHECK(tree->isFile("large"));
  failing->from = 4096;
  try {
    tree->readText("large", 3000000);
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::Read);
  }
  failing->from = 0;
  CHECK(tree->readText("large", 3000000) == made.content);
}

TEST_CASE("a volume of another kind than was said is an error") {
  const Ext4 made;
  for (const char* type : {"ntfs", "vfat", "exfat", "xfs", "f2fs", "nothing", ""}) {
    CHECK_THROWS_AS(files::openTree(made.reader, type), Error);
  }
}

TEST_CASE("what the library does not understand is not given to it") {
  const Ext4 made("-O inline_data");
  // The kernel is asked, when root runs this and it can; never the library.
  try {
    const auto tree = files::openTree(made.reader, "ext4");
    CHECK(tree->readText("usr/lib/os-release", 1000) == "ID=sample\n");
  } catch (const Error& error) {
    CHECK_THAT(error.what(), ContainsSubstring("kernel") || ContainsSubstring("loop") ||
                                 ContainsSubstring("mount"));
  }
}

TEST_CASE("files of FAT, whatever the case of their names") {
  const test::TempFolder folder;
  const std::string disk = folder.file("disk");
  std::ofstream(folder.file("loader")) << sample(70000);
  shell("truncate -s 40M " + disk + " && mkfs.fat -F 32 " + disk);
  shell("mmd -i " + disk + " ::EFI ::EFI/Microsoft ::EFI/Microsoft/Boot");
  shell("mcopy -i " + disk + " " + folder.file("loader") + " '::EFI/Microsoft/Boot/bootmgfw.efi'");
  const auto tree = files::openTree(std::make_shared<FileReader>(File::openRead(disk)), "vfat");
  CHECK(tree->ignoresCase());
  CHECK(tree->readText("/efi/MICROSOFT/boot/BootMgfw.EFI", 100000) == sample(70000));
  CHECK(tree->listSome("", 10).size() == 1);
  shell("mdel -i " + disk + " '::EFI/Microsoft/Boot/bootmgfw.efi'");
  const auto later = files::openTree(std::make_shared<FileReader>(File::openRead(disk)), "vfat");
  CHECK_FALSE(later->stat("EFI/Microsoft/Boot/bootmgfw.efi"));
  CHECK(later->listSome("EFI/Microsoft/Boot", 10).empty());
}

TEST_CASE("noise in place of structures gives errors or other names, and nothing worse") {
  const Ext4 made;
  std::vector<std::byte> bytes(static_cast<std::size_t>(made.reader->size()));
  made.reader->read(0, bytes);
  std::ofstream(made.folder.file("noisy"), std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  std::uint64_t seed = 88172645463325252ULL;
  for (int round = 0; round < 12; ++round) {
    std::vector<std::byte> noisy = bytes;
    for (int i = 0; i < 4000; ++i) {
      seed ^= seed << 13;
      seed ^= seed >> 7;
      seed ^= seed << 17;
      // In the first 4 MiB: descriptors, bitmaps, inodes.
      noisy[2048 + seed % (4 * MiB)] = static_cast<std::byte>(seed >> 40);
    }
    std::ofstream(made.folder.file("noisy"), std::ios::binary)
        .write(reinterpret_cast<const char*>(noisy.data()),
               static_cast<std::streamsize>(noisy.size()));
    try {
      const auto tree = files::openTree(
          std::make_shared<FileReader>(File::openRead(made.folder.file("noisy"))), "ext4");
      tree->setPatience(std::chrono::seconds(20));
      tree->listSome("many", 10000);
      tree->readText("etc/os-release", 1000);
    } catch (const Error&) {
      // As it should be.
    }
  }
}
