// Running other programs, and files that they can open whose bytes are ours.
#include "platform/program.h"

#include <csignal>
#include <filesystem>
#include <thread>

#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/virtual_file.h"
#include "tests/support/catch.h"

using namespace disktwin;

TEST_CASE("a program's status, words and input are what they are") {
  CHECK(runProgram({"true"}).status == 0);
  CHECK(runProgram({"false"}).status == 1);
  CHECK(runProgram({"cat"}, "one\ntwo\n").output == "one\ntwo\n");
  // No shell looks at the words.
  CHECK(runProgram({"printf", "%s", "$HOME `id` * ;"}).output == "$HOME `id` * ;");
  const ProgramResult result = runProgram({"sh", "-c", "echo out; echo err >&2; kill -9 $$"});
  CHECK(result.status == 128 + 9);
  CHECK_THAT(result.output, ContainsSubstring("out"));
  CHECK_THAT(result.output, ContainsSubstring("err"));
}

TEST_CASE("the last words of a program are found behind progress bars and blank lines") {
  CHECK(ProgramResult{0, "first\nlast words\n \n"}.lastLine() == "last words");
  CHECK(ProgramResult{0, "10 %\r20 %\rdone\x1b[0m\n"}.lastLine() == "done?[0m");
  CHECK(ProgramResult{0, "\n\n"}.lastLine().empty());
}

TEST_CASE("of a program that talks without end the last words are kept") {
  const ProgramResult result =
      runProgram({"sh", "-c", "yes 0123456789 | head -c 3000000; echo; echo the end"});
  CHECK(result.output.size() <= 64 * 1024);
  CHECK(result.lastLine() == "the end");
}

TEST_CASE("a program that is not there is named") {
  CHECK_FALSE(findProgram("no-such-program"));
  CHECK_THROWS_AS(runProgram({"no-such-program"}), Error);
  CHECK(findProgram("mke2fs").value_or("").ends_with("/mke2fs"));
}

namespace {

struct Memory final : FileContent {
  explicit Memory(std::size_t count) : bytes(count) {}
  std::uint64_t size() const override { return bytes.size(); }
  void read(std::uint64_t offset, std::span<std::byte> out) override {
    if (broken) throw Error(ErrorKind::Read, "the disk", "fails");
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
  }
  void write(std::uint64_t offset, std::span<const std::byte> data) override {
    std::copy(data.begin(), data.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  }
  void zero(Extent range) override {
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(range.offset), range.length,
                std::byte{0});
  }
  std::vector<std::byte> bytes;
  bool broken = false;
};

}  // namespace

TEST_CASE("a program sees and changes the bytes of a virtual file, and nothing of it remains") {
  Memory content(3 * MiB + 512);
  std::string path;
  {
    const VirtualFile file(content);
    path = file.path();
    CHECK(std::filesystem::file_size(path) == content.size());
    CHECK(runProgram({"mke2fs", "-q", "-F", "-t", "ext2", path}).status == 0);
    CHECK(runProgram({"e2fsck", "-fn", path}).status == 0);
    file.rethrow();
  }
  // The superblock's magic.
  CHECK(content.bytes[1024 + 56] == std::byte{0x53});
  CHECK_FALSE(std::filesystem::exists(std::filesystem::path(path).parent_path()));
}

TEST_CASE("what fails below a virtual file fails the program, and is told") {
  Memory content(MiB);
  const VirtualFile file(content);
  content.broken = true;
  CHECK(runProgram({"cat", file.path()}).status != 0);
  try {
    file.rethrow();
    FAIL("nothing was told");
  } catch (const Error& error) {
    CHECK(error.subject() == "the disk");
  }
}

TEST_CASE("input that no pipe takes at once goes to a program that answers meanwhile") {
  const std::string input(3'000'000, 'x');
  const ProgramResult result = runProgram({"cat"}, input);
  CHECK(result.status == 0);
  CHECK(result.output == std::string(64 * 1024, 'x'));
  // One that does not read it ends all the same.
  std::signal(SIGPIPE, SIG_IGN);
  CHECK(runProgram({"true"}, input).status == 0);
}
