#include "gui/wizard/afterwards.h"

#include "tests/support/catch.h"

using namespace disktwin::gui;

namespace {

using Words = std::vector<std::string>;

JobState done(const Words& arguments) {
  JobState state;
  state.addLine(
      nlohmann::json{{"event", "start"}, {"verb", arguments.front()}, {"arguments", arguments}}
          .dump());
  state.addLine(
      R"({"event":"plan","id":"1","source":{"path":"a"},"target":{"path":"b","kind":"file"}})");
  state.addLine(R"({"event":"done","exit_code":0})");
  return state;
}

}  // namespace

TEST_CASE("a copy can be compared with what it was made of") {
  CHECK(compareRun(done({"clone", "a", "b", "--yes", "--expect", "1"})).words ==
        Words{"compare", "a", "b"});
  CHECK(compareRun(done({"restore", "a", "b", "--verify"})).words == Words{"compare", "a", "b"});
}

TEST_CASE("what was copied is what is compared") {
  CHECK(
      compareRun(done({"clone", "--system", "--os", "2", "a", "--fit", "2=9G", "b", "-y"})).words ==
      Words{"compare", "a", "b", "--system", "--os", "2"});
  CHECK(
      compareRun(done({"clone", "a", "b", "--partitions=1,3", "--new-ids", "--limit=5M"})).words ==
      Words{"compare", "a", "b", "--partitions", "1,3", "--new-ids"});
  CHECK(compareRun(done({"restore", "a", "b", "--parent", "c", "--parent", "d"})).words ==
        Words{"compare", "a", "b", "--parent", "c", "--parent", "d"});
}

TEST_CASE("what was started in another folder is looked for there") {
  JobState job;
  job.addLine(R"({"event":"start","verb":"clone","folder":"/home/u/disks",
      "arguments":["clone","--json","a","./b","--passphrase-file","key","--fit","keep"]})");
  job.addLine(R"({"event":"plan","id":"1","source":{"path":"a","kind":"file"},
      "target":{"path":"./b","kind":"file"},"image":{"path":"../c"}})");
  job.addLine(R"({"event":"done","exit_code":0})");
  CHECK(compareRun(job).words == Words{"compare", "/home/u/disks/a", "/home/u/disks/b",
                                       "--passphrase-file", "/home/u/disks/key"});
  CHECK(bootRun(job).words == Words{"boot", "/home/u/disks/b"});
  CHECK(job.plan.source.path == "/home/u/disks/a");
  CHECK(job.plan.image == "/home/u/disks/../c");  // disks may be a link
  CHECK(job.absolute("/dev/sda") == "/dev/sda");
  CHECK(job.absolute("-") == "-");
}

TEST_CASE("nothing is compared where that would say nothing") {
  CHECK(compareRun(done({"capture", "a", "b"})).isEmpty());
  CHECK(compareRun(done({"restore", "-", "b"})).isEmpty());
  CHECK(compareRun(done({"restore", "a", "b", "--salvage"})).isEmpty());
  CHECK(compareRun(done({"clone", "a", "b", "--some-later-option"})).isEmpty());
  CHECK(compareRun(done({"clone", "a", "b", "--fit"})).isEmpty());
  JobState running;
  running.addLine(R"({"event":"start","verb":"clone","arguments":["clone","a","b"]})");
  CHECK(compareRun(running).isEmpty());
}

TEST_CASE("a disk takes more rights") {
  CHECK_FALSE(compareRun(done({"clone", "a", "b"})).asRoot);
  CHECK(compareRun(done({"clone", "/dev/no-such", "b"})).asRoot);
  CHECK(compareRun(done({"clone", "a", "/dev/no-such"})).asRoot);
}

TEST_CASE("what was made can be started") {
  CHECK(bootRun(done({"clone", "a", "b"})).words == Words{"boot", "b"});
  CHECK(bootRun(done({"verify", "a"})).isEmpty());
}

TEST_CASE("what to do next depends on what was copied from where") {
  const auto lines = [](const std::string& words, const std::string& from, bool starts) {
    JobState state;
    state.addLine(R"({"event":"start","verb":")" + words.substr(0, words.find('"')) +
                  R"(","arguments":[")" + words + "]}");
    state.addLine(R"({"event":"plan","id":"1","source":{"path":"a","kind":")" + from +
                  R"("},"target":{"path":"/dev/sdb","kind":"disk"}})");
    state.addLine(
        std::string(R"({"event":"bootability","firmware":[{"firmware":"UEFI","starts":)") +
        (starts ? "true" : "false") + R"(,"how":"x"}]})");
    return advice(state);
  };
  CHECK(lines(R"(clone")", "disk", true).size() == 3);
  CHECK(lines(R"(clone")", "disk", false).size() == 2);
  CHECK(lines(R"(clone","--new-ids")", "disk", true).size() == 2);
  CHECK(lines(R"(restore")", "file", true).size() == 2);
  CHECK(lines(R"(restore")", "file", true)[0] != lines(R"(clone")", "disk", true)[0]);
  CHECK(advice(done({"clone", "a", "b"})).empty());
}
