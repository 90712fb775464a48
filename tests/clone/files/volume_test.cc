// Real volumes, made by their own tools without root: what is read is what was put there.
#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "clone/files/ext/volume.h"
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

// By a command of debugfs.
void change(const std::string& disk, const std::string& command) {
  shell("debugfs -w -R '" + command + "' " + disk);
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

TEST_CASE("a folder whose files cannot be looked at because of the medium is an error of reading") {
  const Ext4 made;
  const auto failing = std::make_shared<Failing>(made.reader);
  const auto tree = files::openTree(failing, "ext4");
  const auto many = tree->find("many");
  REQUIRE(many);
  CHECK(tree->describe(many->node).size() == 800);
  const auto again = files::openTree(failing, "ext4");
  REQUIRE(again->find("many"));  // the folder itself has been read, and some of its files
  failing->from = 4096;
  try {
    again->describe(many->node);
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::Read);
  }
}

TEST_CASE("a volume of another kind than was said is an error") {
  const Ext4 made;
  for (const char* type : {"ntfs", "vfat", "exfat", "xfs", "f2fs", "nothing", ""}) {
    CHECK_THROWS_AS(files::openTree(made.reader, type), Error);
  }
}

TEST_CASE("files of every kind of ext") {
  for (const char* options :
       {"-O inline_data", "-O bigalloc -C 16384", "-O ^extent,^64bit", "-b 1024", "-I 128 -r 1",
        "-O inline_data,metadata_csum_seed,large_dir,ea_inode -b 2048"}) {
    INFO(options);
    const Ext4 made(options);
    REQUIRE(files::ExtVolume::understands(*made.reader));  // or root would be asking the kernel
    const auto tree = files::openTree(made.reader, "ext4");
    CHECK(tree->readText("etc/os-release", 1000) == "ID=sample\n");
    CHECK(tree->readLink("absolute") == "/usr");
    CHECK(tree->readText("large", 3000000) == made.content);
    CHECK(tree->listSome("many", 10000).size() == 800);
  }
}

TEST_CASE("a link too long for its inode, times before 1970 and after 2038, owners, devices") {
  const test::TempFolder folder;
  const std::string root = folder.file("root"), longTarget = std::string(70, 'x') + "/y";
  shell("mkdir " + root + " && ln -s " + longTarget + " " + root + "/link");
  shell("touch -d '1969-12-31T23:59:58Z' " + root + "/early");
  shell("touch -d '2100-01-01T00:00:00.5Z' " + root + "/late");
  shell("mke2fs -q -t ext4 -d " + root + " " + folder.file("disk") + " 16M");
  // mke2fs leaves out what is beyond 32 bits of time, and fractions: here one epoch and half a
  // second.
  for (const char* edit :
       {"mknod small b 8 17", "mknod wide c 300 60000", "set_inode_field early uid 70000",
        "set_inode_field early gid 65536", "set_inode_field late mtime_extra 2000000001"}) {
    change(folder.file("disk"), edit);
  }
  const auto tree =
      files::openTree(std::make_shared<FileReader>(File::openRead(folder.file("disk"))), "ext4");
  CHECK(tree->readLink("link") == longTarget);
  const NodeInfo early = tree->stat("early").value(), late = tree->stat("late").value();
  CHECK(early.modified == -2);
  CHECK(early.owner == 70000);
  CHECK(early.group == 65536);
  CHECK(late.modified == 4102444800);
  CHECK(late.modifiedNanos == 500'000'000);
  CHECK(tree->stat("small").value().device == 0x811);
  CHECK(tree->stat("wide").value().device == (300U << 8 | 0x60U | 0xEAU << 20));
}

TEST_CASE("what is encrypted is said to be, and not taken for content") {
  const Ext4 made("-O encrypt");
  // As the kernel marks them: 0x80000 for the map of extents, 0x800 for the encryption.
  change(made.folder.file("disk"), "set_inode_field large flags 0x80800");
  change(made.folder.file("disk"), "set_inode_field many flags 0x80800");
  change(made.folder.file("disk"), "set_inode_field absolute flags 0x800");
  const auto tree = files::openTree(made.reader, "ext4");
  CHECK(tree->stat("large").value().size == made.content.size());
  std::string out(100, 'x');
  CHECK_THROWS_WITH(
      tree->read("large", 0, std::as_writable_bytes(std::span(out.data(), out.size()))),
      ContainsSubstring("encrypted"));
  CHECK_THROWS_WITH(tree->listSome("many", 10), ContainsSubstring("encrypted"));
  CHECK_THROWS_WITH(tree->readLink("absolute"), ContainsSubstring("encrypted"));
  CHECK(tree->readText("etc/os-release", 1000) == "ID=sample\n");
  // To be compared with what another one has stored.
  files::OpenOptions options;
  options.encrypted = files::Encrypted::AsStored;
  const auto stored = files::openTree(made.reader, "ext4", options);
  CHECK(stored->readText("large", 3000000) == made.content);
  CHECK(stored->listSome("many", 10000).size() == 800);
  CHECK(stored->readLink("absolute") == "/usr");
}

TEST_CASE("a link that leads nowhere is an error of that link") {
  const Ext4 made;
  change(made.folder.file("disk"), "set_inode_field absolute size 0");
  const auto tree = files::openTree(made.reader, "ext4");
  CHECK_THROWS_WITH(tree->readLink("absolute"), ContainsSubstring("leads nowhere"));
  CHECK(tree->readLink("etc/os-release") == "../usr/lib/os-release");
}

TEST_CASE("where a file has holes there are zeroes, wherever its map of extents is cut") {
  const test::TempFolder folder;
  const std::string root = folder.file("root");
  shell("mkdir " + root);
  std::string content(6'000'000, '\0');
  std::ofstream(root + "/pieces") << "";
  std::fstream file(root + "/pieces", std::ios::binary | std::ios::in | std::ios::out);
  // Far apart and close together, so that holes end in another leaf than they begin.
  for (std::size_t at = 49152; at + 4096 < content.size(); at += at % 3 == 0 ? 69632 : 8192) {
    const std::string piece = sample(4096);
    content.replace(at, piece.size(), piece);
    file.seekp(static_cast<std::streamoff>(at)).write(piece.data(), 4096);
  }
  file.close();
  shell("truncate -s 6000000 " + root + "/pieces");
  for (const char* options : {"-b 1024", "-b 4096", "-b 1024 -O ^extent,^64bit"}) {
    INFO(options);
    shell("rm -f " + folder.file("disk") + "; mke2fs -q -t ext4 " + options + " -d " + root + " " +
          folder.file("disk") + " 32M");
    const auto tree =
        files::openTree(std::make_shared<FileReader>(File::openRead(folder.file("disk"))), "ext4");
    CHECK(tree->readText("pieces", 7'000'000) == content);
    for (std::size_t at = 1; at < content.size(); at += 12345) {
      std::string out(5000, 'x');
      const std::size_t got =
          tree->read("pieces", at, std::as_writable_bytes(std::span(out.data(), out.size())));
      REQUIRE(out.substr(0, got) == content.substr(at, out.size()));
    }
  }
}

TEST_CASE("a superblock with a wrong checksum does not keep files from being read") {
  const Ext4 made;
  std::fstream disk(made.folder.file("disk"), std::ios::binary | std::ios::in | std::ios::out);
  disk.seekp(1024 + 0x78);  // the label
  disk.put('x').flush();
  const auto tree = files::openTree(made.reader, "ext4");
  CHECK(tree->readText("large", 3000000) == made.content);
}

TEST_CASE("what has a wrong checksum is not read") {
  const Ext4 made;
  std::fstream disk(made.folder.file("disk"), std::ios::binary | std::ios::in | std::ios::out);
  std::vector<char> bytes(static_cast<std::size_t>(made.reader->size()));
  disk.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const std::string name = "a file with a long name, number 400";
  const auto found = std::search(bytes.begin(), bytes.end(), name.begin(), name.end());
  REQUIRE(found != bytes.end());
  disk.seekp(found - bytes.begin());
  disk.put('A').flush();
  const auto tree = files::openTree(made.reader, "ext4");
  CHECK_THROWS_WITH(tree->listSome("many", 10000), ContainsSubstring("checksum"));
  CHECK(tree->readText("large", 3000000) == made.content);
}

TEST_CASE("what the library does not understand is not given to it") {
  const Ext4 made("-O ^metadata_csum");
  std::fstream disk(made.folder.file("disk"), std::ios::binary | std::ios::in | std::ios::out);
  disk.seekp(1024 + 0x61);                    // of the features that a reader has to know
  disk.put(static_cast<char>(0x12)).flush();  // one that nobody has (0x1000)
  // The kernel is asked, when root runs this; it does not know either.
  CHECK_THROWS_WITH(files::openTree(made.reader, "ext4"),
                    ContainsSubstring("kernel") || ContainsSubstring("loop") ||
                        ContainsSubstring("mount") || ContainsSubstring("argument"));
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
