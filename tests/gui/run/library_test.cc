#include "gui/run/library.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "gui/run/control.h"
#include "gui/run/job.h"
#include "gui/run/job_list.h"
#include "gui/run/record.h"
#include "tests/support/catch.h"

using namespace disktwin::gui;
namespace stdfs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() {
    std::string pattern = (stdfs::temp_directory_path() / "disktwin-gui-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()));
    path = pattern;
  }
  ~Folder() { stdfs::remove_all(path); }
  std::string operator/(const std::string& name) const { return (path / name).string(); }
  stdfs::path path;
};

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::app) << text;
}

// Somebody who answers.
class Listener {
 public:
  explicit Listener(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.c_str(), path.size());
    REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(fd_, 4) == 0);
  }
  ~Listener() { ::close(fd_); }

 private:
  int fd_;
};

JobState captured(const std::string& path, const std::string& id, const std::string& parent) {
  JobState job;
  job.addLine(R"({"event":"start","verb":"capture"})");
  job.addLine(
      R"({"event":"plan","id":"1","source":{"path":"/dev/sda","model":"X"},"image":{"path":")" +
      path + R"("}})");
  job.addLine(R"({"event":"done","exit_code":0,"image_bytes":7,"verified":true,"image_id":")" + id +
              R"(","parent_id":")" + parent + R"("})");
  return job;
}

const std::string kStart = R"({"event":"start","verb":"clone","time":"2026-11-25T10:00:00Z"})"
                           "\n";

}  // namespace

TEST_CASE("images are remembered, with who depends on whom") {
  const Folder folder;
  {
    Library library(folder / "images.json");
    library.learn(captured("/a", "A", ""), "2026-01-01");
    library.learn(captured("/b", "B", "A"), "2026-01-02");
    library.learn(captured("/c", "C", "B"), "2026-01-03");
  }
  const Library library(folder / "images.json");
  REQUIRE(library.images().size() == 3);
  REQUIRE(library.find("/a"));
  CHECK(library.find("/a")->source == "X");
  CHECK(library.find("/a")->verified == "2026-01-01");
  CHECK(library.dependents("A").size() == 2);
  CHECK(library.dependents("B").size() == 1);
  CHECK(library.dependents("C").empty());
  CHECK(library.dependents("").empty());
}

TEST_CASE("an image that is looked at is known from then on, and what was known before stays") {
  const Folder folder;
  Library library(folder / "images.json");
  library.learn(captured("/a", "A", ""), "2026-01-01");
  const auto meet = [&](const std::string& path, const std::string& source) {
    JobState job;
    job.addLine(R"({"event":"start","verb":"show"})");
    job.addLine(R"({"event":"image","path":")" + path +
                R"(","id":"E","parent_id":"A","created":"2025-05-05","file_bytes":9,)"
                R"("encrypted":true,"source":)" +
                source + "}");
    library.meet(job);
  };
  meet("/a", R"({"kind":"disk","model":"Y"})");
  CHECK(library.find("/a")->source == "X");
  meet("/e", R"({"kind":"disk","model":"Y"})");
  REQUIRE(library.images().size() == 2);
  const ImageEntry* entry = library.find("/e");
  REQUIRE(entry);
  CHECK(entry->source == "Y");
  CHECK(entry->date == "2025-05-05");
  CHECK(entry->bytes == 9);
  CHECK(entry->encrypted);
  CHECK(entry->verified.empty());
  CHECK(library.dependents("A") == std::vector<const ImageEntry*>{entry});
  meet("/f", R"({"kind":"file","path":"/somewhere/disk.raw"})");
  CHECK(library.find("/f")->source == "disk.raw");
  library.meet(JobState());
  CHECK(library.images().size() == 3);
}

TEST_CASE("a circle of parents is no endless loop") {
  const Folder folder;
  Library library(folder / "images.json");
  library.learn(captured("/a", "A", "B"), "1");
  library.learn(captured("/b", "B", "A"), "2");
  CHECK(library.dependents("A").size() == 2);
}

TEST_CASE("a verification is remembered, and damage as well") {
  const Folder folder;
  Library library(folder / "images.json");
  JobState job;
  job.addLine(R"({"event":"start","verb":"verify","arguments":["verify","/a"]})");
  JobState good = job;
  good.addLine(R"({"event":"done","exit_code":0})");
  library.learn(good, "2026-02-02");
  CHECK(library.find("/a")->verified == "2026-02-02");
  JobState bad = job;
  bad.addLine(R"({"event":"failed","exit_code":5,"kind":"invalid"})");
  library.learn(bad, "2026-02-03");
  CHECK(library.find("/a")->damaged);
  JobState stopped = job;
  stopped.addLine(R"({"event":"failed","exit_code":130,"kind":"cancelled"})");
  library.learn(stopped, "2026-02-04");
  CHECK(library.find("/a")->damaged);
}

TEST_CASE("what is verified is the image, not what an option names") {
  const auto image = [](const std::string& arguments) {
    JobState job;
    job.addLine(R"({"event":"start","verb":"verify","folder":"/home/u","arguments":)" + arguments +
                "}");
    return imageOf(job);
  };
  CHECK(image(R"(["verify","--json","--passphrase-file","/home/u/secret","a.zst"])") ==
        "/home/u/a.zst");
  CHECK(image(R"(["verify","/b/a.zst","--parent","p.zst"])") == "/b/a.zst");
  CHECK(image(R"(["verify","--some-later-option","value","a.zst"])").empty());
  CHECK(image(R"(["verify","--parent"])").empty());
}

TEST_CASE("what is hidden stays so, until its record is gone") {
  const Folder folder;
  write(folder / "1.events", kStart);
  write(folder / "2.events", kStart);
  Library(folder / "images.json").hide(folder / "1.events");
  Library library(folder / "images.json");
  CHECK(library.isHidden(folder / "1.events"));
  CHECK(!library.isHidden(folder / "2.events"));
  stdfs::remove(folder / "1.events");
  library.hide(folder / "2.events");
  CHECK(!library.isHidden(folder / "1.events"));
  CHECK(library.isHidden(folder / "2.events"));
}

TEST_CASE("two windows do not forget each other's images, and nobody else reads them") {
  const Folder folder;
  Library one(folder / "images.json");
  Library other(folder / "images.json");
  one.learn(captured("/a", "A", ""), "2026-01-01");
  other.learn(captured("/b", "B", ""), "2026-01-02");
  CHECK(Library(folder / "images.json").images().size() == 2);
  CHECK((stdfs::status(folder / "images.json").permissions() & stdfs::perms::mask) ==
        (stdfs::perms::owner_read | stdfs::perms::owner_write));
  CHECK(std::distance(stdfs::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("an image is removed with its volumes, and nothing else") {
  const Folder folder;
  for (const char* name : {"a", "a.001", "b.001", "b.002", "b.004"}) write(folder / name, "x");
  CHECK(removeFilesOf(folder / "a").empty());
  CHECK(!stdfs::exists(folder / "a"));
  CHECK(stdfs::exists(folder / "a.001"));
  CHECK(removeFilesOf(folder / "b").empty());
  CHECK(!stdfs::exists(folder / "b.002"));
  CHECK(stdfs::exists(folder / "b.004"));
  CHECK(removeFilesOf(folder / "none").empty());
  stdfs::create_directories(folder / "c/inside");
  CHECK(!removeFilesOf(folder / "c").empty());
}

TEST_CASE("a library that is something else is empty") {
  const Folder folder;
  for (const char* text : {"", "{", "[1,2]", R"({"images":7})", R"({"images":[{"path":7}]})"}) {
    stdfs::remove(folder / "images.json");
    write(folder / "images.json", text);
    CHECK(Library(folder / "images.json").images().empty());
  }
}

TEST_CASE("jobs are found by their records, the newest first") {
  const Folder folder;
  write(folder / "1.events", kStart + "{\"event\":\"done\",\"exit_code\":0}\n");
  write(folder / "2.events", kStart);
  write(folder / "3.events", kStart);
  write(folder / "notes.txt", "no record");
  stdfs::create_symlink(folder / "1.events", folder / "4.events");
  const Listener listener(folder / "3.control");
  JobList list({folder.path.string(), "/no/such/folder"});
  const std::vector<JobEntry>& jobs = list.look();
  REQUIRE(jobs.size() == 3);
  CHECK(jobs[0].isAlive);
  CHECK(jobs[0].state.status == JobStatus::Running);
  CHECK(!jobs[1].isAlive);
  CHECK(jobs[1].state.status == JobStatus::Died);
  CHECK(jobs[2].state.status == JobStatus::Done);
}

TEST_CASE("of a long record the start and the end are enough") {
  const Folder folder;
  std::string text = kStart;
  while (text.size() < (2 << 20)) text += "{\"event\":\"warning\",\"text\":\"again\"}\n";
  write(folder / "1.events", text + "{\"event\":\"done\",\"exit_code\":4}\n");
  JobList list({folder.path.string()});
  const std::vector<JobEntry>& jobs = list.look();
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].state.verb == "clone");
  CHECK(jobs[0].state.status == JobStatus::DoneWithLosses);
}

TEST_CASE("a record that has grown is read again, one that has not is as it was") {
  const Folder folder;
  write(folder / "1.events", kStart);
  write(folder / "2.events", kStart);
  auto listener = std::make_unique<Listener>(folder / "1.control");
  JobList list({folder.path.string()});
  REQUIRE(list.look().size() == 2);
  CHECK(list.look()[1].isAlive);
  CHECK(list.look()[0].state.status == JobStatus::Died);
  write(folder / "1.events", "{\"event\":\"done\",\"exit_code\":0}\n");
  CHECK(list.look()[1].state.status == JobStatus::Done);
  CHECK(list.look()[0].state.status == JobStatus::Died);
  write(folder / "3.events", kStart);
  CHECK(list.look().size() == 3);
  stdfs::remove(folder / "2.events");
  REQUIRE(list.look().size() == 2);
  CHECK(list.look()[1].state.status == JobStatus::Done);
}

TEST_CASE("a job that stops being there without a word has died, also when it was seen alive") {
  const Folder folder;
  write(folder / "1.events", kStart);
  auto listener = std::make_unique<Listener>(folder / "1.control");
  JobList list({folder.path.string()});
  REQUIRE(list.look().front().isAlive);
  listener.reset();
  CHECK(list.look().front().state.status == JobStatus::Died);
}

TEST_CASE("images of jobs that nobody watched are caught up with") {
  const Folder folder;
  Library library(folder / "images.json");
  const auto job = [](const std::string& verb, const std::string& at, const std::string& end) {
    JobEntry out;
    out.state.addLine(R"({"event":"start","verb":")" + verb + R"(","arguments":[")" + verb +
                      R"(","/a"],"time":")" + at + R"("})");
    if (verb == "capture") out.state.addLine(R"({"event":"plan","image":{"path":"/a"}})");
    out.state.addLine(end);
    return out;
  };
  const std::string good = R"({"event":"done","exit_code":0,"image_bytes":7})";
  const std::string bad = R"({"event":"failed","exit_code":5,"kind":"invalid"})";
  const auto there = [](const std::string&) { return true; };

  library.catchUp({job("capture", "2026-01-01T10:00:00Z", bad)}, there);
  library.catchUp({job("verify", "2026-01-01T10:00:00Z", good)}, there);
  CHECK(library.images().empty());
  const JobEntry made = job("capture", "2026-01-02T10:00:00Z", good);
  library.catchUp({made}, [](const std::string&) { return false; });
  CHECK(library.images().empty());
  library.catchUp({made}, there);
  REQUIRE(library.images().size() == 1);
  CHECK(library.find("/a")->bytes == 7);
  CHECK(library.find("/a")->checked.empty());

  library.catchUp({job("verify", "2026-01-03T10:00:00Z", bad), made}, there);
  CHECK(library.find("/a")->damaged);
  // What is known is newer than these.
  library.catchUp({job("verify", "2026-01-02T11:00:00Z", good), made}, there);
  CHECK(library.find("/a")->damaged);
  library.forget("/a");
  library.catchUp({made}, [](const std::string&) { return false; });
  CHECK(library.images().empty());
}

TEST_CASE("a record is followed while it grows, and ends with its job") {
  const Folder folder;
  write(folder / "1.events", kStart);
  auto listener = std::make_unique<Listener>(folder / "1.control");
  Job job(std::make_unique<Record>(folder / "1.events", folder / "1.control"));
  CHECK(job.poll());
  CHECK(!job.poll());
  CHECK(job.state().status == JobStatus::Running);
  write(folder / "1.events", R"({"event":"progress","phase":"copy","bytes_do)");
  CHECK(!job.poll());
  write(folder / "1.events", "ne\":5,\"bytes_total\":10}\n");
  CHECK(job.poll());
  CHECK(job.state().fraction() == 0.5);
  CHECK(!job.isOver());

  SECTION("when it says so") {
    write(folder / "1.events", "{\"event\":\"done\",\"exit_code\":0}\n");
    listener.reset();
    for (int i = 0; i < 10; ++i) job.poll();
    CHECK(job.isOver());
    CHECK(job.state().status == JobStatus::Done);
  }
  SECTION("when nobody answers any more") {
    listener.reset();
    for (int i = 0; i < 10; ++i) job.poll();
    CHECK(job.isOver());
    CHECK(job.state().status == JobStatus::Died);
  }
}

TEST_CASE("a record that is not there is a job that is not there") {
  Job job(std::make_unique<Record>("/no/such.events", "/no/such.control"));
  for (int i = 0; i < 3; ++i) job.poll();
  CHECK(job.isOver());
  Control nobody("/no/such.control");
  CHECK(!nobody.isAlive());
  CHECK(!nobody.give(R"({"command":"pause"})"));
}
