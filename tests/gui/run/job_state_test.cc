#include "gui/run/job_state.h"

#include "gui/run/event_source.h"
#include "tests/support/catch.h"

using namespace disktwin::gui;

namespace {

JobState after(const std::vector<std::string>& lines) {
  JobState state;
  for (const std::string& line : lines) state.addLine(line);
  return state;
}

const std::string kStart =
    R"({"event":"start","protocol":1,"version":"0.1","verb":"clone","arguments":["clone","a","b"],)"
    R"("time":"2026-11-25T10:00:00Z","job":{"id":"j","events":"/e","control":"/c"}})";

}  // namespace

TEST_CASE("a job that is done has its result") {
  const JobState state = after({kStart, R"({"event":"phase","phase":"copy","bytes_total":100})",
                                R"({"event":"progress","phase":"copy","bytes_done":40,)"
                                R"("bytes_total":100,"rate":10,"seconds_left":6})",
                                R"({"event":"done","exit_code":0,"verified":true})"});
  CHECK(state.status == JobStatus::Done);
  CHECK(state.result.at("verified") == true);
  CHECK(state.verb == "clone");
  CHECK(state.eventsPath == "/e");
  CHECK(state.controlPath == "/c");
  CHECK(state.fraction() == 1.0);
}

TEST_CASE("progress is told while it runs") {
  JobState state = after({kStart});
  CHECK(state.status == JobStatus::Running);
  CHECK(!state.fraction());
  state.addLine(R"({"event":"progress","phase":"copy","bytes_done":40,"bytes_total":100,)"
                R"("rate":10,"seconds_left":null})");
  CHECK(state.fraction() == 0.4);
  CHECK(!state.secondsLeft);
  state.addLine(R"({"event":"paused"})");
  CHECK(state.status == JobStatus::Paused);
  state.addLine(R"({"event":"resumed"})");
  CHECK(state.status == JobStatus::Running);
}

TEST_CASE("a failure keeps the words of the program") {
  const JobState state =
      after({kStart, R"({"event":"failed","exit_code":3,"kind":"refused","subject":"/dev/sdb",)"
                     R"("what":"is mounted","hint":"umount it","target_state":"untouched",)"
                     R"("target_says":"Nothing was written."})"});
  CHECK(state.status == JobStatus::Failed);
  REQUIRE(state.failure);
  CHECK(state.failure->text() == "/dev/sdb: is mounted");
  CHECK(state.failure->details() ==
        "/dev/sdb: is mounted\numount it\nNothing was written.\n(refused, 3)");
}

TEST_CASE("what was cancelled did not fail") {
  CHECK(after({kStart, R"({"event":"failed","exit_code":130,"kind":"cancelled"})"}).status ==
        JobStatus::Cancelled);
}

TEST_CASE("losses are not quite done") {
  CHECK(after({kStart, R"({"event":"done","exit_code":4})"}).status == JobStatus::DoneWithLosses);
}

TEST_CASE("garbage is counted and does no harm") {
  const JobState state = after({"Traceback (most recent call last):", "{", "[]", "7",
                                R"({"event":7})", R"({"no":"event"})", "\xff\xfe", "", kStart});
  CHECK(state.garbage == 7);
  CHECK(state.status == JobStatus::Running);
}

TEST_CASE("nothing comes after the end") {
  JobState state = after({kStart, R"({"event":"done","exit_code":0})"});
  state.addLine(R"({"event":"failed","exit_code":1,"kind":"failed"})");
  CHECK(state.status == JobStatus::Done);
  state.end(-9, "late");
  CHECK(state.status == JobStatus::Done);
  CHECK(!state.failure);
}

TEST_CASE("a job that ends without saying how has died") {
  JobState state = after({kStart});
  state.end(-9, "");
  CHECK(state.status == JobStatus::Died);
  REQUIRE(state.failure);
  CHECK(state.failure->what.find("by the system") != std::string::npos);

  state = after({kStart});
  state.end(std::nullopt, "");
  CHECK(state.status == JobStatus::Died);
}

TEST_CASE("who does not give the rights has cancelled") {
  JobState state;
  state.end(126, "Error executing command as another user: Request dismissed");
  CHECK(state.status == JobStatus::Cancelled);
  CHECK(state.failure->hint == "Error executing command as another user: Request dismissed");
  state = {};
  state.end(127, "pkexec: no such file");
  CHECK(state.status == JobStatus::Failed);
  const std::string rights = state.failure->what;
  state = {};
  state.end(kNotStarted, "disktwin: No such file or directory");
  CHECK(state.status == JobStatus::Failed);
  CHECK(state.failure->what != rights);
}

TEST_CASE("a passphrase is waited for until something goes on") {
  JobState state = after({kStart, R"({"event":"need-passphrase","image":"a.img.zst","new":true})"});
  REQUIRE(state.wantsPassphrase);
  CHECK(state.wantsPassphrase->isNew);
  CHECK(state.wantsPassphrase->attempt == 1);
  state.addLine(R"({"event":"need-passphrase","image":"a.img.zst","attempt":2})");
  CHECK(state.wantsPassphrase->attempt == 2);
  state.addLine(R"({"event":"phase","phase":"copy","bytes_total":1})");
  CHECK(!state.wantsPassphrase);
}

TEST_CASE("numbers that make no sense are no crash") {
  const JobState state = after({R"({"event":"progress","bytes_done":1e400,"bytes_total":-1})",
                                R"({"event":"progress","phase":"copy","bytes_done":9,)"
                                R"("bytes_total":3,"rate":-4,"seconds_left":"soon"})"});
  CHECK(state.fraction() == 1.0);
  CHECK(state.rate == 0);
}

TEST_CASE("a listing without end is cut, and says so") {
  JobState state;
  const std::string entry = R"({"event":"entry","path":"x","type":"file"})";
  state.addLine(R"({"event":"start","verb":"ls"})");
  for (int i = 0; i < 200'000; ++i) state.addLine(entry);
  CHECK_FALSE(state.foundIsCut);
  state.addLine(entry);
  CHECK(state.foundIsCut);
  CHECK(state.found.size() == 200'000);
}
