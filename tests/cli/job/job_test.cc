// What jobs leave behind and hear: places, names, what is kept, commands.
#include "cli/job/command.h"
#include "cli/job/place.h"
#include "cli/job/thinning.h"
#include "tests/support/catch.h"

using namespace disktwin::cli;
using namespace std::chrono_literals;

TEST_CASE("no variable moves root's records, and pkexec's says whose they are") {
  const auto place = [](std::optional<std::string> pkexecUser) {
    return recordPlace({0, "/tmp/state", "/tmp/home", std::move(pkexecUser)}).value();
  };
  CHECK(place({}).folder == "/run/disktwin/jobs");
  CHECK(place({}).isShared);
  CHECK(place({}).owner == 0);
  CHECK(place("1000").owner == 1000);
  for (const char* wrong : {"", "-1", "1000 ", "0x10", "ann", "4294967295", "99999999999"}) {
    CHECK(place(wrong).owner == 0);
  }
}

TEST_CASE("a user's records lie with the user's state") {
  const auto folder = [](std::optional<std::string> state, std::optional<std::string> home) {
    const auto place = recordPlace({1000, std::move(state), std::move(home), "0"});
    if (!place) return std::string("none");
    CHECK(place->owner == 1000);
    CHECK_FALSE(place->isShared);
    return place->folder;
  };
  CHECK(folder("/state", "/home/ann") == "/state/disktwin/jobs");
  CHECK(folder("state", "/home/ann") == "/home/ann/.local/state/disktwin/jobs");
  CHECK(folder({}, "/home/ann") == "/home/ann/.local/state/disktwin/jobs");
  CHECK(folder({}, "") == "none");
  CHECK(folder({}, {}) == "none");
}

TEST_CASE("names of records are known, and nothing else is") {
  const std::string id = jobId(1'795'624'200, 1234, 0x5f3a);
  CHECK(id == "20261125T163000-1234-5f3a");
  CHECK(timeText(1'795'624'200) == "2026-11-25T16:30:00Z");
  CHECK(idIn(id + ".events") == id);
  CHECK(idIn(id + ".control") == id);
  CHECK(idIn("20261125T163000-1-0000.events") == "20261125T163000-1-0000");
  for (const char* name :
       {"", ".events", "notes.events", "20261125T163000-1234-5f3a", "20261125T163000-1234-5f3a.log",
        "20261125T163000--5f3a.events", "20261125T163000-1234-5F3A.events",
        "20261125T163000-1234-5f3a1.events", " 20261125T163000-1234-5f3a.events",
        "20261125-163000-1234-5f3a.events", "20261125T163000-12x4-5f3a.events"}) {
    CHECK(idIn(name).empty());
  }
}

TEST_CASE("the longer a job takes, the fewer of its events of progress are kept") {
  CHECK(Thinning::apart(0s) == 500ms);
  CHECK(Thinning::apart(10min) == 500ms);
  CHECK(Thinning::apart(1h) == 3s);
  CHECK(Thinning::apart(24h) == 10s);
  const Thinning::Clock::time_point began{1000s};
  Thinning thinning(began);
  unsigned kept = 0;
  for (auto now = began; now < began + 10min; now += 100ms) kept += thinning.take(now) ? 1U : 0U;
  CHECK(kept == 1200);
  kept = 0;
  for (auto now = began + 24h; now < began + 25h; now += 500ms)
    kept += thinning.take(now) ? 1U : 0U;
  CHECK(kept == 360);
}

TEST_CASE("commands are known, and nothing that is said otherwise does harm") {
  const auto kind = [](const std::string& line) { return parseCommand(line).value().kind; };
  CHECK(kind(R"({"command":"pause"})") == Command::Kind::Pause);
  CHECK(kind(R"( {"later":[1,{}], "command":"resume"} )") == Command::Kind::Resume);
  CHECK(kind(R"({"command":"cancel"})") == Command::Kind::Cancel);
  const auto given =
      parseCommand(R"({"command":"passphrase","passphrase":"o\u0070en \"\u00e9\n"})");
  CHECK(given.value().kind == Command::Kind::Passphrase);
  CHECK(given.value().passphrase == "open \"\xc3\xa9\n");
  CHECK(parseCommand(R"({"command":"passphrase","passphrase":""})").value().passphrase.empty());
  for (const std::string& line :
       {std::string(), std::string("pause"), std::string("{"), std::string("[]"),
        std::string("\"pause\""), std::string(R"({"command":"stop"})"),
        std::string(R"({"command":1})"), std::string(R"({"command":"passphrase"})"),
        std::string(R"({"command":"passphrase","passphrase":7})"),
        std::string(R"({"passphrase":"x"})"), std::string("{\"command\":\"\xff\"}"),
        std::string(60000, '['), std::string(100, '\0')}) {
    CHECK_FALSE(parseCommand(line));
  }
}
