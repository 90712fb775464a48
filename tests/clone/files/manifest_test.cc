// What is read of every file, and what counts as a difference.
#include "clone/files/manifest.h"

#include <cstdlib>
#include <fstream>

#include "clone/files/difference.h"
#include "clone/files/open.h"
#include "clone/io/file_reader.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace disktwin;

namespace {

void shell(const std::string& command) {
  REQUIRE(std::system(("PATH=$PATH:/usr/sbin:/sbin; " + command + " >/dev/null 2>&1").c_str()) ==
          0);
}

// A volume with a few files, made once more each time: all of it is the same but for what `change`
// does to the folder before.
class Volume {
 public:
  explicit Volume(const std::string& change = "true", const std::string& later = "") {
    const std::string root = folder_.file("root");
    shell("mkdir -p " + root + "/a/deep " + root + "/a.b " + root + "/empty");
    std::ofstream(root + "/a/deep/file") << std::string(40'000'000, 'x');
    std::ofstream(root + "/a.b/small") << "content";
    std::ofstream(root + "/zero") << "";
    shell("ln -s ../a " + root + "/a.b/link; ln " + root + "/zero " + root + "/a/zero; mkfifo " +
          root + "/pipe");
    shell("cd " + root + " && { " + change + "; }");
    shell("cd " + root + " && find . ! -name later -exec touch -h -d 2020-02-02T02:02:02 {} +");
    if (!later.empty()) shell("cd " + root + " && " + later);
    shell("E2FSPROGS_FAKE_TIME=1600000000 mke2fs -q -t ext4 -d " + root + " " +
          folder_.file("disk") + " 96M");
  }

  files::Manifest manifest() const {
    const auto tree =
        files::openTree(std::make_shared<FileReader>(File::openRead(folder_.file("disk"))), "ext4");
    return files::Manifest(*tree, {});
  }

 private:
  test::TempFolder folder_;
};

std::string differences(const Volume& a, const Volume& b, const files::Edited& edited = {}) {
  files::Manifest wanted = a.manifest();
  files::Manifest found = b.manifest();
  std::string out;
  files::findDifferences(
      wanted, found, edited,
      [&](const std::string& path, const std::string& what) { out += path + ": " + what + "\n"; });
  return out;
}

}  // namespace

TEST_CASE("a manifest has all entries, a folder before what is in it") {
  files::Manifest manifest = Volume().manifest();
  std::vector<std::string> paths;
  while (const auto entry = manifest.next()) {
    INFO(entry->path << ": " << entry->unknown);
    CHECK(entry->unknown.empty());
    paths.push_back(entry->path);
    if (entry->path == "a.b/link") CHECK(entry->link == "../a");
    if (entry->path == "zero") CHECK(entry->info.links == 2);
    if (entry->path == "pipe") CHECK((entry->info.mode & 0170000U) == 0010000U);
    if (entry->path == "a/deep/file") CHECK(entry->info.size == 40'000'000);
  }
  CHECK(paths == std::vector<std::string>{"", "a", "a/deep", "a/deep/file", "a/zero", "a.b",
                                          "a.b/link", "a.b/small", "empty", "lost+found", "pipe",
                                          "zero"});
}

TEST_CASE("every difference is found") {
  const Volume source;
  CHECK(differences(source, Volume()).empty());
  const auto is = [&](const std::string& change, const std::string& what) {
    INFO(change);
    CHECK(differences(source, Volume(change)) == what);
  };
  is("printf X | dd of=a/deep/file bs=1 seek=39999999 conv=notrunc",
     "a/deep/file: its content differs\n");
  is("printf X | dd of=a/deep/file bs=1 seek=0 conv=notrunc", "a/deep/file: its content differs\n");
  is("echo more >>a.b/small", "a.b/small: has 12 bytes, expected 7\n");
  is("rm -r empty", "empty: is missing\n");
  is("touch a/new", "a/new: is not on the source\n");
  is("chmod 600 a.b/small", "a.b/small: has the mode 100600, expected 100644\n");
  is("chmod 700 empty", "empty: has the mode 40700, expected 40755\n");
  is("ln -sfn ../b a.b/link", "a.b/link: leads elsewhere\n");
  is("rm pipe; touch pipe", "pipe: is of another type\n");
  is("setfattr -n user.tag -v one a.b/small",
     "a.b/small: its extended attributes or streams differ\n");
  is("setfattr -n user.tag -v one a/deep", "a/deep: its extended attributes or streams differ\n");
  is("rm a/zero; touch a/zero", "a/zero: has 1 names, expected 2\nzero: has 1 names, expected 2\n");
  CHECK(differences(source, Volume("true", "touch -d 2020-02-02T02:02:03 a.b/small")) ==
        "a.b/small: its time of change differs\n");
  CHECK(differences(source, Volume("true", "touch -d 2020-02-02T02:02:03 empty")) ==
        "empty: its time of change differs\n");
}

TEST_CASE("a file that was changed on purpose has to be what it was changed to, and no more") {
  const Volume source;
  const Volume copy("echo edited >a.b/small");
  CHECK_FALSE(differences(source, copy).empty());
  CHECK(differences(source, copy, {{"a.b/small", "edited\n"}}).empty());
  CHECK(differences(source, copy, {{"a.b/small", "other\n"}}) ==
        "a.b/small: its content is not what it was to be changed to\n");
  CHECK(differences(source, source, {{"a.b/small", "edited\n"}}) ==
        "a.b/small: its content is not what it was to be changed to\n");
}

TEST_CASE("order is by components") {
  CHECK(files::comesBefore("a", "a/b"));
  CHECK(files::comesBefore("a/b", "a.b"));
  CHECK(files::comesBefore("", "a"));
  CHECK_FALSE(files::comesBefore("a.b", "a/z"));
  CHECK(files::comesBefore("a", "\xff"));
}
