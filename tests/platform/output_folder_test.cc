#include "platform/output_folder.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "platform/error.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace disktwin;
namespace stdfs = std::filesystem;

namespace {

ErrorKind kindOf(const auto& what) {
  try {
    what();
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::Cancelled;  // nothing was thrown
}

}  // namespace

TEST_CASE("nothing gets out of the folder, by names or by links") {
  const test::TempFolder temp;
  stdfs::create_directory(temp.file("elsewhere"));
  OutputFolder folder(temp.file("out/"));
  stdfs::create_directory_symlink(temp.file("elsewhere"), temp.file("out/link"));
  folder.makeFolder("a");
  for (const std::string name :
       {"", "/", "/x", "..", "../x", "a/../../x", "a//x", "a/.", "link/x"}) {
    INFO(name);
    CHECK(kindOf([&] { folder.beginFile(name); }) == ErrorKind::Refused);
    CHECK(kindOf([&] { folder.makeFolder(name); }) == ErrorKind::Refused);
    CHECK(kindOf([&] { folder.makeLink(name, "x"); }) == ErrorKind::Refused);
  }
  CHECK(kindOf([&] { folder.makeFolder("link"); }) == ErrorKind::Refused);
  CHECK(kindOf([&] { folder.beginFile("link"); }) == ErrorKind::Refused);
  CHECK(kindOf([&] { folder.beginFile(std::string("a/x\0y", 5)); }) == ErrorKind::Refused);
  CHECK(stdfs::is_empty(temp.file("elsewhere")));
  CHECK(stdfs::is_empty(temp.file("out/a")));
  CHECK_FALSE(stdfs::exists(temp.file("x")));
}

TEST_CASE("a file that is not ended is gone; one that is has its mode and time") {
  const test::TempFolder temp;
  {
    OutputFolder folder(temp.file("out"));
    folder.beginFile("whole");
    folder.write(std::as_bytes(std::span("text", 4)));
    folder.endFile(04755, 1000000000, 5);
    folder.beginFile("dropped");
    folder.dropFile();
    folder.beginFile("half");
    folder.write(std::as_bytes(std::span("text", 4)));
  }
  CHECK_FALSE(stdfs::exists(temp.file("out/dropped")));
  CHECK_FALSE(stdfs::exists(temp.file("out/half")));
  struct stat info {};
  REQUIRE(::stat(temp.file("out/whole").c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0755);
  CHECK(info.st_size == 4);
  CHECK(info.st_mtim.tv_sec == 1000000000);
  OutputFolder again(temp.file("out"));
  CHECK(kindOf([&] { again.beginFile("whole"); }) == ErrorKind::Refused);
}
