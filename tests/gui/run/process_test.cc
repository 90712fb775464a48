#include "gui/run/process.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "gui/run/job.h"
#include "tests/support/catch.h"

using namespace disktwin::gui;

namespace {

// Until it is over, ten seconds at most.
void finish(Job& job) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!job.isOver() && std::chrono::steady_clock::now() < end) {
    job.poll();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  REQUIRE(job.isOver());
}

Job started(std::vector<std::string> words) {
  return Job(std::make_unique<Process>(words));
}

Job said(const std::string& events, const std::string& end = "exit 0") {
  return started({"sh", "-c", "printf '%s' \"$1\"; " + end, "sh", events});
}

const std::string kStart = "{\"event\":\"start\",\"verb\":\"clone\"}\n";

}  // namespace

TEST_CASE("a run's events are taken to its end") {
  Job job = said(kStart + "{\"event\":\"done\",\"exit_code\":0}\n");
  finish(job);
  CHECK(job.state().status == JobStatus::Done);
}

TEST_CASE("a listing of any length arrives whole") {
  Job job = started({"sh", "-c",
                     "i=0; while [ $i -lt 50000 ]; do echo '{\"event\":\"entry\",\"path\":\"a file "
                     "with a name of some length\"}'; i=$((i+1)); done; echo "
                     "'{\"event\":\"done\",\"exit_code\":0}'"});
  finish(job);
  CHECK(job.state().found.size() == 50'000);
  CHECK(job.state().status == JobStatus::Done);
}

TEST_CASE("half a line at the end is none, and the job has died") {
  Job job = said(kStart + "{\"event\":\"done\",\"exit_code\":0}");
  finish(job);
  CHECK(job.state().status == JobStatus::Died);
  CHECK(job.state().failure->what == "ended without saying how");
}

TEST_CASE("an exit without an end event is told with what was said") {
  Job job = said(kStart, "echo out of memory >&2; exit 9");
  finish(job);
  CHECK(job.state().status == JobStatus::Died);
  CHECK(job.state().failure->exitCode == 9);
  CHECK(job.state().failure->hint == "out of memory\n");
}

TEST_CASE("a killed run has died") {
  Job job = said(kStart, "kill -9 $$");
  finish(job);
  CHECK(job.state().status == JobStatus::Died);
  CHECK(job.state().failure->exitCode == -9);
}

TEST_CASE("a program that is not there is told as a failure") {
  Job job = started({"/no/such/program", "list"});
  finish(job);
  CHECK(job.state().status == JobStatus::Failed);
  CHECK(job.state().failure->hint.find("/no/such/program") != std::string::npos);
}

TEST_CASE("commands reach it") {
  Job job = started({"sh", "-c",
                     "echo '{\"event\":\"start\",\"verb\":\"show\"}'; read line; case $line in "
                     "*cancel*) echo '{\"event\":\"failed\",\"kind\":\"cancelled\"}';; esac"});
  while (job.state().status == JobStatus::Starting) job.poll();
  CHECK(job.cancel());
  finish(job);
  CHECK(job.state().status == JobStatus::Cancelled);
  CHECK(!job.cancel());
}

TEST_CASE("it has a session of its own, and goes on when nobody listens") {
  const auto file =
      std::filesystem::temp_directory_path() / ("disktwin-process-" + std::to_string(::getpid()));
  std::filesystem::remove(file);
  {
    // $$ leads its session: nothing that ends this one ends it. As the program does, it ignores
    // that nobody reads what it says.
    Job job = started(
        {"sh", "-c",
         "trap '' PIPE; echo '{\"event\":\"start\",\"verb\":\"clone\"}'; read nothing; echo lost; "
         "[ \"$(cut -d' ' -f6 /proc/$$/stat)\" = $$ ] && echo on > \"$1\"",
         "sh", file.string()});
    while (job.state().status == JobStatus::Starting) job.poll();
  }
  std::string text;
  for (int i = 0; i < 1000 && text.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::getline(std::ifstream(file), text);
  }
  CHECK(text == "on");
  std::filesystem::remove(file);
}
