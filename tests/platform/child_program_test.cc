// A program beside us: what it says, its files, and that it is gone when the object is.
#include "platform/child_program.h"

#include <chrono>
#include <string>

#include "platform/error.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace std::chrono_literals;

namespace {

ChildProgram::Bytes bytesOf(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::string textOf(const ChildProgram::Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool endsWithin(ChildProgram& program, std::chrono::seconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!program.hasEnded() && std::chrono::steady_clock::now() < end) program.listen(10ms);
  return program.hasEnded();
}

}  // namespace

TEST_CASE("what a program says, where it says it, and its files") {
  ChildProgram program({"sh", "-c",
                        "read word <&3; echo out; echo err >&2; echo \"heard $word\" >&3; cat " +
                            ChildProgram::fileName(1) + "; echo new >" + ChildProgram::fileName(0)},
                       {bytesOf("old"), bytesOf("settings\n")});
  program.listen(50ms);
  CHECK_FALSE(program.hasEnded());
  program.send("hello\n");
  REQUIRE(endsWithin(program, 10s));
  for (int i = 0; i < 5; ++i) program.listen(10ms);
  CHECK(program.takeOutput() == "out\nsettings\n");
  CHECK(program.takeOutput().empty());
  CHECK(program.errors() == "err\n");
  CHECK(program.takeFromSocket() == "heard hello\n");
  CHECK(textOf(program.readFile(0, 100)) == "new\n");
  CHECK(textOf(program.readFile(1, 3)) == "set");
  program.emptyFile(0);
  CHECK(program.readFile(0, 100).empty());
  program.send("nobody is there\n");
}

TEST_CASE("of a program that talks without end a bounded part is kept") {
  ChildProgram program({"sh", "-c", "yes 0123456789 | head -c 4000000; echo the end"}, {});
  while (!program.hasEnded()) program.listen(10ms);
  for (int i = 0; i < 100; ++i) program.listen(10ms);
  const std::string said = program.takeOutput();
  CHECK(said.size() <= 1U << 20);
  CHECK(said.ends_with("the end\n"));
}

TEST_CASE("a program that hears nothing is gone at once when nobody wants it any more") {
  const auto began = std::chrono::steady_clock::now();
  {
    ChildProgram program({"sh", "-c", "trap '' TERM INT; while :; do :; done"}, {});
    program.listen(300ms);
    CHECK(program.processorSeconds() > 0.01);
  }
  CHECK(std::chrono::steady_clock::now() - began < 3s);
}

TEST_CASE("a program beside us that is not there is named") {
  CHECK_THROWS_AS(ChildProgram({"no-such-program"}, {}), Error);
}
