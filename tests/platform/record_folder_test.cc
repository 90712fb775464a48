// A folder that others look into: what is in it is whose it should be, and nobody else can change
// it.
#include "platform/record_folder.h"

#include <filesystem>
#include <fstream>

#include "platform/error.h"
#include "platform/privileges.h"
#include "platform/small_file.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace disktwin;
namespace stdfs = std::filesystem;

namespace {

unsigned modeOf(const std::string& path) {
  return static_cast<unsigned>(stdfs::symlink_status(path).permissions());
}

}  // namespace

TEST_CASE("it is made with all above it, for its owner alone") {
  const test::TempFolder temp;
  const std::string path = temp.file("some/where/" + std::string(120, 'x') + "/jobs");
  RecordFolder folder(path, false);
  CHECK(modeOf(path) == 0700);
  CHECK(modeOf(temp.file("some")) == 0700);
  const RecordFolder again(path, false);

  const auto file = folder.create("a.events", userId());
  CHECK(file->add("one").empty());
  CHECK(file->add("two").empty());
  CHECK(readSmallFile(path + "/a.events", 100) == "one\ntwo\n");
  CHECK(modeOf(path + "/a.events") == 0600);
  CHECK_THROWS_AS(folder.create("a.events", userId()), Error);
  stdfs::create_symlink(path + "/elsewhere", path + "/b.events");
  CHECK_THROWS_AS(folder.create("b.events", userId()), Error);
  CHECK_FALSE(stdfs::exists(path + "/elsewhere"));

  // The path of the socket is longer than the system's own calls allow.
  auto socket = folder.listen("a.control", userId());
  CHECK(modeOf(path + "/a.control") == 0600);
  CHECK(again.answers("a.control"));
  CHECK_FALSE(again.answers("none.control"));
  CHECK_THROWS_AS(folder.listen("a.control", userId()), Error);
  const auto entries = again.entries();
  REQUIRE(entries.size() == 2);  // not the link
  CHECK(entries[0].name == "a.control");
  CHECK(entries[0].isSocket);
  CHECK(entries[0].owner == userId());
  CHECK_FALSE(entries[1].isSocket);
  socket.reset();
  CHECK_FALSE(again.answers("a.control"));
  folder.remove("a.control");
  CHECK(again.entries().size() == 1);
}

TEST_CASE("a folder that others could write to is refused, and so is a link") {
  const test::TempFolder temp;
  stdfs::create_directory(temp.file("open"));
  stdfs::permissions(temp.file("open"), stdfs::perms::all);
  CHECK_THROWS_AS(RecordFolder(temp.file("open"), false), Error);
  stdfs::create_directory(temp.file("good"));
  stdfs::create_symlink(temp.file("good"), temp.file("link"));
  CHECK_THROWS_AS(RecordFolder(temp.file("link"), false), Error);
  std::ofstream(temp.file("file")) << "x";
  CHECK_THROWS_AS(RecordFolder(temp.file("file"), false), Error);
  CHECK_THROWS_AS(RecordFolder(temp.file("file/below"), false), Error);
  // What all users share has no such folder above it either; /tmp is one.
  CHECK_THROWS_AS(RecordFolder(temp.file("good"), true), Error);
}
