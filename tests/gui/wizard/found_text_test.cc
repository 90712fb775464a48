#include "gui/wizard/found_text.h"

#include "tests/support/catch.h"

using namespace disktwin::gui;
using nlohmann::json;

TEST_CASE("what was found is a line each") {
  CHECK(
      foundText(json::parse(R"({"event":"damage","offset":1,"text":"damaged in partition 2"})")) ==
      "damaged in partition 2");
  CHECK(foundText(json::parse(R"({"event":"lost","what":"a","because":"b"})")) == "a: b");
  CHECK(foundText(json::parse(R"({"event":"difference","what":"partition 1","source_offset":4096,
                                  "length":512})")) == "partition 1: within 512 bytes at 4096");
  CHECK(foundText(json::parse(R"({"event":"difference","what":"partition 2","path":"a/b",
                                  "text":"is missing"})")) == "partition 2: a/b is missing");
  CHECK(foundText(json::parse(R"({"event":"progress"})")).empty());
}

TEST_CASE("a failure names the first places, then what to do") {
  JobState job;
  for (int i = 0; i < 12; ++i) {
    job.addLine(R"({"event":"damage","text":"place )" + std::to_string(i) + "\"}");
  }
  job.addLine(R"({"event":"failed","exit_code":5,"kind":"invalid","subject":"a","what":"12",)"
              R"("hint":"do that"})");
  const std::string hint = failureWithPlaces(job).hint;
  CHECK(hint.starts_with("place 0\nplace 1\n"));
  CHECK(hint.ends_with("place 9\n...\ndo that"));
}
