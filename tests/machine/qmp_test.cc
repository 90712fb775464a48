// QEMU's monitor: messages in pieces, and from somebody who is not QEMU.
#include "machine/qmp.h"

#include "platform/error.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::machine;
using nlohmann::json;

TEST_CASE("messages come in pieces and several at once") {
  QmpReader reader;
  CHECK_FALSE(reader.next());
  reader.feed("{\"QMP\": {}}\r\n\r\n{\"ret");
  CHECK(reader.next()->contains("QMP"));
  CHECK_FALSE(reader.next());
  reader.feed("urn\": 1}\n{\"id\": 2}\n");
  CHECK(reader.next()->at("return") == 1);
  CHECK(reader.next()->at("id") == 2);
  CHECK_FALSE(reader.next());
}

TEST_CASE("what is no message of QEMU is refused") {
  std::string deep = "1";
  for (int i = 0; i < 100; ++i) deep = "{\"a\":" + deep + "}";
  for (const std::string& line :
       {std::string("hello"), std::string("[1]"), std::string("{\"a\":"), std::string("\"x\""),
        std::string("{\"a\":1}{\"b\":2}"), std::string(100000, '['), std::string(50, '{'),
        "{\"a\":" + std::string(100000, '['), std::string("{\"\xff\": 1}"), deep,
        std::string(1, '\0')}) {
    QmpReader reader;
    reader.feed(line + "\n");
    CHECK_THROWS_AS(reader.next(), Error);
  }
  QmpReader reader;
  reader.feed(std::string(QmpReader::kLongestLine + 1, 'x'));
  CHECK_THROWS_AS(reader.next(), Error);
  QmpReader blank;
  blank.feed(std::string(1000000, '\n'));
  CHECK_FALSE(blank.next());
}

TEST_CASE("events tell who did it") {
  const auto event = eventOf(
      json::parse(R"({"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-shutdown"}})"));
  REQUIRE(event);
  CHECK(event->name == "SHUTDOWN");
  CHECK(event->byGuest);
  CHECK(event->reason == "guest-shutdown");
  CHECK_FALSE(eventOf(json::parse(R"({"event": "RESET", "data": {"guest": 1}})"))->byGuest);
  CHECK_FALSE(eventOf(json::parse(R"({"event": "RESET", "data": [true]})"))->byGuest);
  CHECK_FALSE(eventOf(json::parse(R"({"event": 7})")));
  CHECK_FALSE(eventOf(json::parse(R"({"return": {}})")));
}

TEST_CASE("replies are results or errors in QEMU's words") {
  CHECK(resultOf(json::parse(R"({"return": [1]})"), "x") == json::parse("[1]"));
  CHECK_THROWS_WITH(resultOf(json::parse(R"({"error": {"desc": "no\u001b[31m such"}})"), "dump"),
                    "QEMU: dump failed: no?[31m such");
  CHECK_THROWS_AS(resultOf(json::parse(R"({"error": 3})"), "x"), Error);
}

TEST_CASE("the counters of the disk are found among others") {
  const json drives = json::parse(R"([{"device": "pflash", "stats": {"rd_bytes": 9}}, 3,
    {"device": "disk"}, {"device": "disk", "stats": {"rd_operations": 5, "wr_operations": 2,
    "rd_bytes": 4096, "wr_bytes": -1}}])");
  const DiskCounters counters = countersOf(drives, "disk");
  CHECK(counters.operations == 7);
  CHECK(counters.bytesRead == 4096);
  CHECK(counters.bytesWritten == 0);
  CHECK(countersOf(json::parse("{}"), "disk").operations == 0);
}
