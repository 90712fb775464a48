// Events as real runs have written them (tests/fixtures/jobs): of a clone with a verification, of a
// capture whose disk was full, of a clone that was paused and cancelled; and the same, damaged on
// the way.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "gui/run/job.h"
#include "gui/run/process.h"
#include "gui/run/record.h"
#include "tests/support/catch.h"

using namespace disktwin::gui;
namespace stdfs = std::filesystem;

namespace {

std::string recorded(const std::string& name) {
  const std::ifstream in(std::string(FIXTURES) + "/jobs/" + name + ".events");
  REQUIRE(in);
  std::ostringstream out;
  out << in.rdbuf();
  REQUIRE(out.str().size() > 100);
  return out.str();
}

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    std::string pattern = (stdfs::temp_directory_path() / "disktwin-events-XXXXXX").string();
    const int fd = ::mkstemp(pattern.data());
    REQUIRE(fd >= 0);
    ::close(fd);
    path = pattern;
    std::ofstream(path) << text;
  }
  ~TemporaryFile() { stdfs::remove(path); }
  std::string path;
};

// From the record of a job that nobody runs any more.
JobState replay(const std::string& text) {
  const TemporaryFile file(text);
  Job job(std::make_unique<Record>(file.path, file.path + ".no-socket"));
  for (int i = 0; i < 50 && !job.isOver(); ++i) job.poll();
  REQUIRE(job.isOver());
  return job.state();
}

// From a program that says it, in pieces, and ends with a code.
JobState replayFromProgram(const std::string& text, int exitCode) {
  const TemporaryFile file(text);
  Job job(std::make_unique<Process>(std::vector<std::string>{
      "sh", "-c", "head -c 700 \"$1\"; sleep 0.1; tail -c +701 \"$1\"; exit $2", "sh", file.path,
      std::to_string(exitCode)}));
  for (int i = 0; i < 500 && !job.isOver(); ++i) {
    job.poll();
    ::usleep(10'000);
  }
  REQUIRE(job.isOver());
  return job.state();
}

}  // namespace

TEST_CASE("a recorded clone is done, with all that the pages show") {
  for (const JobState& state : {replay(recorded("done")), replayFromProgram(recorded("done"), 0)}) {
    CHECK(state.status == JobStatus::Done);
    CHECK(state.verb == "clone");
    CHECK(state.arguments.front() == "clone");
    CHECK(state.plan.target.isNew);
    CHECK(state.plan.bytesToRead == 14'988'288);
    CHECK(state.result.at("verified") == true);
    CHECK(state.garbage == 0);
    CHECK(!state.failure);
  }
}

TEST_CASE("a recorded failure has the words of the program") {
  for (const JobState& state :
       {replay(recorded("failed")), replayFromProgram(recorded("failed"), 1)}) {
    CHECK(state.status == JobStatus::Failed);
    REQUIRE(state.failure);
    CHECK(state.failure->kind == "no-space");
    CHECK(!state.failure->what.empty());
    CHECK(!state.failure->hint.empty());
    CHECK(!state.failure->targetSays.empty());
  }
}

TEST_CASE("a recorded cancel was wanted, and comes after a pause") {
  for (const JobState& state :
       {replay(recorded("cancelled")), replayFromProgram(recorded("cancelled"), 130)}) {
    CHECK(state.status == JobStatus::Cancelled);
    REQUIRE(state.failure);
    CHECK(state.failure->targetState == "incomplete");
  }
}

TEST_CASE("half a line, or no end, is a job that died, wherever it was cut") {
  const std::string text = recorded("done");
  const std::size_t lastLine = text.rfind('\n', text.size() - 2) + 1;
  for (std::size_t length = 0; length < text.size(); length += 37) {
    const JobState state = replay(text.substr(0, length));
    CHECK(state.status == JobStatus::Died);
    CHECK(state.failure);
  }
  CHECK(replay(text.substr(0, text.size() - 1)).status == JobStatus::Died);
  CHECK(replayFromProgram(text.substr(0, lastLine), -9 & 0xff).status == JobStatus::Died);
}

TEST_CASE("garbage in between is counted, and what is whole is heard") {
  std::string text = recorded("done");
  using namespace std::string_literals;
  text.insert(text.find('\n') + 1, "Segmentation fault\n{\"event\":\n\xff\xfe\x00\n[1,2]\n"s);
  const JobState state = replay(text);
  CHECK(state.status == JobStatus::Done);
  CHECK(state.garbage == 4);
  CHECK(state.plan.bytesToRead == 14'988'288);
}
