// What pages show, without pages.
#include <cmath>

#include "gui/wizard/estimate.h"
#include "gui/wizard/fit_parts.h"
#include "gui/wizard/home_rows.h"
#include "gui/wizard/log_text.h"
#include "gui/wizard/part_progress.h"
#include "tests/support/catch.h"

using namespace disktwin::gui;

namespace {

bool isNear(double a, double b) {
  return std::abs(a - b) < 1e-9 * std::max(1.0, std::abs(b));
}

JobEntry job(const std::string& verb, JobStatus status, const std::string& began) {
  JobEntry out;
  out.state.verb = verb;
  out.state.status = status;
  out.state.began = began;
  return out;
}

}  // namespace

TEST_CASE("partitions fill up one after the other") {
  Plan plan;
  plan.regions = {{0, "space before", 0, 100}, {1, "one", 0, 300}, {2, "two", 0, 600}};
  auto parts = partProgress(plan, 250, 1000);
  REQUIRE(parts.size() == 2);
  CHECK(isNear(parts[0].fraction, 0.5));
  CHECK(parts[1].fraction == 0);
  parts = partProgress(plan, 1000, 1000);
  CHECK(parts[1].fraction == 1);
  // A filesystem that was resized has other bytes to copy than were planned.
  parts = partProgress(plan, 700, 1400);
  CHECK(parts[0].fraction == 1);
  CHECK(isNear(parts[1].fraction, 1.0 / 6));
  CHECK(partProgress(plan, 0, 0)[0].fraction == 0);
}

TEST_CASE("a disk without a table has one line") {
  Plan plan;
  plan.regions = {{0, "ext4", 0, 100}};
  REQUIRE(partProgress(plan, 50, 100).size() == 1);
  CHECK(partProgress(plan, 50, 100)[0].fraction == 0.5);
}

TEST_CASE("what can be dragged comes from the plan and what the engine allows") {
  Disk source;
  Partition part;
  part.number = 2;
  part.size = 500;
  part.label = "root";
  part.used = 200;
  source.partitions = {part};
  Plan plan;
  plan.places = {{2, 100, 800}, {1, 10, 50}};
  plan.limits = {{2, 250, true, ""}, {1, 900, false, "it is a boot loader's"}};
  CHECK(fitParts(source, plan).empty());
  plan.room = 1000;
  const auto parts = fitParts(source, plan);
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].number == 1);
  CHECK(parts[0].smallest == 50);  // never more than it is given
  CHECK(parts[0].whyRigid == "it is a boot loader's");
  CHECK(parts[1].title == "root");
  CHECK(parts[1].before == 500);
  CHECK(parts[1].after == 800);
  CHECK(parts[1].smallest == 250);
  CHECK(parts[1].canGrow);
}

TEST_CASE("how long depends on the disks, a verification, a limit, and on how hard is compressed") {
  Plan plan;
  plan.bytesToRead = 100'000'000'000;
  plan.source.bus = "nvme";
  plan.target.path = "/dev/sdb";
  plan.target.bus = "nvme";
  Choices choices;
  choices.verify = false;
  const Estimate fast = estimate(plan, plan.source, &plan.target, choices);
  CHECK(fast.least < fast.most);
  Choices checked;
  CHECK(isNear(estimate(plan, plan.source, &plan.target, checked).most, 2 * fast.most));
  CHECK(isNear(estimate(plan, plan.source, &plan.target, choices, 1'000'000).least, 100'000));
  const Estimate image = estimate(plan, plan.source, nullptr, choices);
  choices.compression = Compression::Small;
  CHECK(estimate(plan, plan.source, nullptr, choices).most > image.most);
  plan.target.bus = "usb";
  CHECK(estimate(plan, plan.source, &plan.target, choices).most > fast.most);
}

TEST_CASE("the home page lists what runs first, then by date") {
  ImageEntry image;
  image.path = "/images/a.img.zst";
  image.date = "2026-03-01";
  ImageEntry gone = image;
  gone.path = "/images/gone.img.zst";
  gone.date = "2026-01-01";
  ImageEntry whole = image;
  whole.path = "/images/whole.img.zst";
  whole.date = "2026-05-01";
  whole.verified = "2026-05-02";
  const std::vector<JobEntry> jobs = {
      job("clone", JobStatus::Done, "2026-02-01"), job("capture", JobStatus::Done, "2026-06-01"),
      job("verify", JobStatus::Failed, "2026-04-01"), job("extract", JobStatus::Done, "2026-07-01"),
      job("restore", JobStatus::Running, "2020-01-01")};
  const auto all = [](const std::string&) { return true; };
  const auto late =
      homeRows({},
               {job("extract", JobStatus::Failed, "2"), job("boot", JobStatus::Done, "1"),
                job("restore", JobStatus::DoneWithLosses, "0")},
               all);
  REQUIRE(late.size() == 2);
  CHECK(late[0].verb == "extract");
  CHECK(late[1].status == RowStatus::Losses);
  const auto rows = homeRows({image, gone, whole}, jobs, [](const std::string& path) {
    return path != "/images/gone.img.zst";
  });
  std::vector<std::string> names;
  for (const HomeRow& row : rows) names.push_back(row.verb + row.name);
  CHECK(names == std::vector<std::string>{"restore", "whole.img.zst", "verify", "a.img.zst",
                                          "clone", "gone.img.zst"});
  CHECK(rows[0].isRunning());
  CHECK(rows[1].status == RowStatus::Verified);
  CHECK(rows[2].status == RowStatus::Failed);
  CHECK(rows[3].status == RowStatus::Ready);
  CHECK(rows[5].status == RowStatus::Missing);
}

TEST_CASE("what failed before there was a plan is called as it was typed") {
  JobEntry failed = job("restore", JobStatus::Failed, "2026-01-01");
  failed.state.arguments = {"restore", "--salvage", "--yes", "/images/gone.img.zst", "/dev/sdb"};
  const auto rows = homeRows({}, {failed}, [](const std::string&) { return true; });
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].name == "sdb");
  CHECK(rows[0].source == "gone.img.zst");
}

TEST_CASE("the home page says what a job and an image are of, and how far a job is") {
  JobEntry running = job("clone", JobStatus::Running, "2026-01-01");
  running.state.addLine(R"({"event":"plan","id":"1","bytes_to_read":7,)"
                        R"("source":{"kind":"disk","path":"/dev/sda","model":"Samsung SSD 980"},)"
                        R"("target":{"kind":"file","path":"/copies/laptop.img"}})");
  running.state.addLine(R"({"event":"progress","phase":"copy","bytes_done":50,"bytes_total":200})");
  JobEntry restore = job("restore", JobStatus::Failed, "2026-01-01");
  restore.state.plan.source.kind = DiskKind::Image;
  restore.state.plan.source.path = "/images/a.img.zst";
  ImageEntry image;
  image.path = "/images/a.img.zst";
  image.source = "CT2000MX500SSD1";
  const auto rows = homeRows({image}, {running, restore}, [](const std::string&) { return true; });
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].name == "laptop.img");
  CHECK(rows[0].source == "Samsung SSD 980");
  CHECK(isNear(rows[0].fraction, 0.25));
  CHECK(rows[0].bytes == 7);
  CHECK(rows[1].source == "a.img.zst");
  CHECK(rows[2].source == "CT2000MX500SSD1");
}

TEST_CASE("a log says what lasts, and no progress") {
  const std::string text =
      logText({R"({"event":"start","time":"T","arguments":["clone","a b","c"]})", "garbage",
               R"({"event":"progress","bytes_done":1})", R"({"event":"warning","text":"careful"})",
               R"({"event":"failed","subject":"c","what":"is mounted","hint":"umount it"})"});
  CHECK(text == "T\ndisktwin clone 'a b' c\nwarning: careful\nfailed: c: is mounted\numount it\n");
}
