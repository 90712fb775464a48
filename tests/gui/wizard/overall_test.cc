#include "gui/wizard/overall.h"

#include "tests/support/catch.h"

using namespace disktwin::gui;

namespace {

JobState running(const std::string& verb, const std::string& options, const std::string& phase,
                 bool isNew = false) {
  JobState state;
  state.addLine(R"({"event":"start","verb":")" + verb + R"(","arguments":[")" + verb +
                R"(","a","b")" + options + "]}");
  state.addLine(R"({"event":"plan","id":"1","source":{"path":"a"},"target":{"path":"b","new":)" +
                std::string(isNew ? "true" : "false") + "}}");
  if (phase.empty()) return state;
  state.addLine(R"({"event":"progress","phase":")" + phase +
                R"(","bytes_done":50,"bytes_total":100,"rate":10,"seconds_left":5})");
  return state;
}

}  // namespace

TEST_CASE("without a verification the copy is all of it") {
  const Overall out = overall(running("clone", "", "copy"));
  CHECK(out.fraction == 0.5);
  CHECK(out.secondsLeft == 5);
  CHECK(out.steps == 1);
}

TEST_CASE("with one, the copy is the first half, and the time counts both") {
  const std::string verify = R"(,"--verify")";
  const Overall copy = overall(running("clone", verify, "copy"));
  CHECK(copy.fraction == 0.25);
  CHECK(copy.secondsLeft == 15);
  CHECK(copy.step == 1);
  CHECK(copy.steps == 2);
  CHECK(overall(running("clone", verify, "flush")).fraction == 0.5);
  CHECK(overall(running("clone", verify, "wipe")).fraction == 0.0);
  const Overall back = overall(running("clone", verify, "verify"));
  CHECK(back.fraction == 0.75);
  CHECK(back.secondsLeft == 5);
  CHECK(back.step == 2);
}

TEST_CASE("a verification by itself has one step") {
  CHECK(overall(running("verify", "", "verify")).fraction == 0.5);
  CHECK(overall(running("verify", "", "verify")).steps == 1);
}

TEST_CASE("before anything runs nothing is known") {
  CHECK(!overall(running("clone", "", "")).fraction);
  CHECK(overall(JobState()).steps == 1);
}

TEST_CASE("the end is the whole, however it was reached") {
  JobState state = running("clone", R"(,"--verify")", "verify");
  state.addLine(R"({"event":"done","exit_code":0})");
  CHECK(overall(state).fraction == 1.0);
}

TEST_CASE("what a target would be left as depends on how far it got") {
  CHECK(targetNow(running("clone", "", "")) == TargetNow::Untouched);
  CHECK(targetNow(running("clone", "", "copy")) == TargetNow::Incomplete);
  CHECK(targetNow(running("clone", "", "table")) == TargetNow::Incomplete);
  CHECK(targetNow(running("clone", "", "copy", true)) == TargetNow::Removed);
  CHECK(targetNow(running("restore", "", "verify", true)) == TargetNow::Complete);
  CHECK(targetNow(running("capture", "", "copy")) == TargetNow::Partial);
  CHECK(targetNow(running("capture", "", "verify")) == TargetNow::Complete);
  CHECK(targetNow(running("verify", "", "verify")) == TargetNow::Untouched);
  JobState foreign;
  foreign.addLine(R"({"event":"start","verb":"restore"})");
  foreign.addLine(R"({"event":"phase","phase":"copy","bytes_total":9})");
  CHECK(targetNow(foreign) == TargetNow::Untouched);
}
