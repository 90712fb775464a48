#include "gui/wizard/model.h"

#include "tests/support/catch.h"

using namespace disktwin::gui;
using Words = std::vector<std::string>;

namespace {

Disk disk(const std::string& path, std::uint64_t size) {
  Disk out;
  out.path = path;
  out.byId = "/dev/disk/by-id/" + path.substr(path.rfind('/') + 1);
  out.size = size;
  out.table = "gpt";
  Partition part;
  part.number = 1;
  part.size = size;
  part.used = size / 2;
  out.partitions.push_back(part);
  return out;
}

Disk file(const std::string& path, std::uint64_t size) {
  Disk out = disk(path, size);
  out.kind = DiskKind::File;
  out.byId.clear();
  return out;
}

Plan plan(const std::string& id) {
  Plan out;
  out.id = id;
  return out;
}

Wizard cloning(Task task = Task::Clone) {
  Wizard wizard(task);
  wizard.setSource(disk("/dev/sda", 1000));
  wizard.setTarget(disk("/dev/sdb", 2000));
  return wizard;
}

}  // namespace

TEST_CASE("every task has its pages, and each leads to the next and back") {
  for (const Task task :
       {Task::Clone, Task::MoveSystem, Task::Save, Task::Restore, Task::LookInto}) {
    const Wizard wizard(task);
    const std::vector<Page> pages = wizard.pages();
    REQUIRE(pages.size() >= 2);
    CHECK(pages.front() == Page::Source);
    CHECK(!wizard.before(pages.front()));
    CHECK(!wizard.after(pages.back()));
    for (std::size_t i = 1; i < pages.size(); ++i) {
      CHECK(wizard.after(pages[i - 1]) == pages[i]);
      CHECK(wizard.before(pages[i]) == pages[i - 1]);
    }
  }
  CHECK(!Wizard(Task::Save).after(Page::Target));
}

TEST_CASE("nobody goes on without an answer") {
  Wizard wizard(Task::Clone);
  CHECK(!wizard.whyNotOn(Page::Source).empty());
  wizard.setSource(disk("/dev/sda", 1000));
  CHECK(wizard.whyNotOn(Page::Source).empty());
  CHECK(!wizard.whyNotOn(Page::Target).empty());
  wizard.setTarget(disk("/dev/sdb", 1000));
  CHECK(wizard.whyNotOn(Page::Target).empty());
  CHECK(!wizard.whyNotOn(Page::Summary).empty());
  wizard.setPlan(plan("42"));
  CHECK(wizard.whyNotOn(Page::Summary).empty());
}

TEST_CASE("what cannot be overwritten says why") {
  Wizard wizard(Task::Clone);
  wizard.setSource(disk("/dev/sda", 1000'000'000'000));
  CHECK(wizard.whyNotTarget(disk("/dev/sda", 1000'000'000'000)) == "it is what will be read");
  // The same disk under another name.
  Disk again = disk("/dev/sdz", 1000'000'000'000);
  again.byId = "/dev/disk/by-id/sda";
  CHECK(wizard.whyNotTarget(again) == "it is what will be read");

  Disk other = disk("/dev/sdb", 2000'000'000'000);
  CHECK(wizard.whyNotTarget(other).empty());
  other.partitions.front().mountedAt = {"/home"};
  CHECK(wizard.whyNotTarget(other) == "in use: mounted at /home");
  other.partitions.front().mountedAt = {"/home", "/"};
  CHECK(wizard.whyNotTarget(other) == "it holds the system you are running");
  other.partitions.front().mountedAt.clear();
  other.partitions.front().usedBy = {"holds the LVM volume vg-root"};
  CHECK(wizard.whyNotTarget(other) == "in use: holds the LVM volume vg-root");

  Disk locked = disk("/dev/sdc", 2000'000'000'000);
  locked.readOnly = true;
  CHECK(wizard.whyNotTarget(locked) == "it is write-protected");
  CHECK(wizard.whyNotTarget(disk("/dev/sdd", 380'000'000'000)) == "120.0 GB too small, at least");
  CHECK(!wizard.whyNotTarget(disk("/dev/sde", 0)).empty());
  Disk image = file("/home/a.img.zst", 5);
  image.kind = DiskKind::Image;
  CHECK(!wizard.whyNotTarget(image).empty());
}

TEST_CASE("a source that is written to has to be allowed") {
  Wizard wizard(Task::Clone);
  Disk source = disk("/dev/sda", 1000);
  source.partitions.front().mountedAt = {"/"};
  source.partitions.front().isWritten = true;
  wizard.setSource(source);
  CHECK(wizard.writtenAt() == Words{"/"});
  CHECK(!wizard.whyNotOn(Page::Source).empty());
  wizard.choices().forceMountedSource = true;
  CHECK(wizard.whyNotOn(Page::Source).empty());
  wizard.setTarget(disk("/dev/sdb", 1000));
  const Words words = wizard.command(Run::Plan);
  CHECK(std::ranges::find(words, "--force-mounted-source") != words.end());
  // Another source is another question.
  wizard.setSource(disk("/dev/sdc", 1000));
  CHECK(!wizard.choices().forceMountedSource);
}

TEST_CASE("a clone is one command line, with stable names and the plan that was shown") {
  Wizard wizard = cloning();
  CHECK(wizard.command(Run::Plan) ==
        Words{"clone", "/dev/disk/by-id/sda", "/dev/disk/by-id/sdb", "--limits", "--dry-run"});
  wizard.setFit("1=5000,2=rest");
  wizard.choices().newIds = true;
  wizard.choices().limit = "50M";
  wizard.choices().nice = true;
  CHECK(wizard.command(Run::Start).empty());  // nothing was shown yet
  wizard.setPlan(plan("00ff"));
  CHECK(wizard.command(Run::Start) ==
        Words{"clone", "/dev/disk/by-id/sda", "/dev/disk/by-id/sdb", "--fit", "1=5000,2=rest",
              "--new-ids", "--verify", "--limit", "50M", "--nice", "--yes", "--expect", "00ff"});
  CHECK(wizard.needsRoot());
}

TEST_CASE("what has to be typed is the target of the plan, whatever was chosen") {
  Wizard wizard = cloning();
  Plan shown = plan("1");
  shown.target = disk("/dev/sdc", 2000);
  wizard.setPlan(shown);
  CHECK(wizard.nameToType() == "/dev/sdc");
  // Disks are named by their ids on the command line; cards and people call them otherwise.
  shown.target.path = "/dev/disk/by-id/ata-X_1";
  shown.target.realPath = "/dev/sdd";
  wizard.setPlan(shown);
  CHECK(wizard.nameToType() == "/dev/sdd");
  shown.target = file("/home/b.img", 2000);
  wizard.setPlan(shown);
  CHECK(wizard.nameToType() == "b.img");
  Wizard saving(Task::Save);
  saving.setImagePath("/home/a.img.zst");
  CHECK(saving.nameToType() == "a.img.zst");
}

TEST_CASE("another disk of the same name, or the same in another place, is another target") {
  Wizard wizard = cloning();
  const auto planned = [&] {
    wizard.setTarget(disk("/dev/sdb", 2000));
    wizard.setPlan(plan("1"));
  };
  for (int what = 0; what < 3; ++what) {
    planned();
    Disk other = disk("/dev/sdb", 2000);
    if (what == 0) other.serial = "another";
    if (what == 1) other.size = 3000;
    if (what == 2) other.path = "/dev/sdz";
    wizard.setTarget(other);
    CHECK(wizard.plan().id.empty());
    CHECK(wizard.target()->path == other.path);
  }
}

TEST_CASE("sizes are for certain disks and partitions") {
  Wizard wizard = cloning();
  const std::string before = wizard.fitKey();
  wizard.setTarget(disk("/dev/sdb", 2000));
  CHECK(wizard.fitKey() == before);
  wizard.setPartitions({1});
  CHECK(wizard.fitKey() != before);
  wizard.setPartitions({});
  CHECK(wizard.fitKey() == before);
  wizard.choices().allSectors = true;
  CHECK(wizard.fitKey() != before);
  CHECK(cloning(Task::MoveSystem).fitKey() != before);
  Wizard other = cloning();
  other.setTarget(disk("/dev/sdc", 2000));
  CHECK(other.fitKey() != before);
}

TEST_CASE("a disk needs rights, whatever side it is on") {
  Wizard wizard(Task::Restore);
  Disk image = file("/home/a.img.zst", 1000);
  image.kind = DiskKind::Image;
  wizard.setSource(image);
  wizard.setTarget(disk("/dev/sdb", 2000));
  CHECK(wizard.needsRoot());
  wizard.setTarget(file("/home/b.img", 2000));
  CHECK(!wizard.needsRoot());
  wizard.setSource(disk("/dev/sda", 1000));
  CHECK(wizard.needsRoot());
}

TEST_CASE("files need no rights") {
  Wizard wizard(Task::Clone);
  wizard.setSource(file("/home/a.img", 1000));
  Disk target = file("/home/b.img", 2000);
  target.isNew = true;
  wizard.setTarget(target);
  CHECK(!wizard.needsRoot());
  const Words words = wizard.command(Run::Plan);
  CHECK(words == Words{"clone", "/home/a.img", "/home/b.img", "--target-size", "2000", "--limits",
                       "--dry-run"});
}

TEST_CASE("moving a system names it when there are several") {
  Wizard wizard = cloning(Task::MoveSystem);
  Disk source = disk("/dev/sda", 1000);
  source.systems = {{1, "linux", "Debian", "12", "", {1}},
                    {2, "windows", "Windows", "11", "", {1}}};
  wizard.setSource(source);
  CHECK(!wizard.whyNotOn(Page::Source).empty());
  wizard.setSystem(2);
  CHECK(wizard.whyNotOn(Page::Source).empty());
  const Words words = wizard.command(Run::Plan);
  CHECK(Words(words.begin() + 3, words.begin() + 6) == Words{"--system", "--os", "2"});
}

TEST_CASE("a disk without a system cannot be chosen for moving one, once that is known") {
  const Wizard wizard(Task::MoveSystem);
  Disk data = disk("/dev/sda", 1000);
  CHECK(wizard.whyNotSource(data).empty());
  data.systemsSought = true;
  CHECK(wizard.whyNotSource(data) == "no operating system was found on it");
  CHECK(Wizard(Task::Clone).whyNotSource(data).empty());
  data.partitions = {{}};
  data.partitions.front().role = "unknown";
  CHECK(wizard.whyNotSource(data) ==
        "no operating system was found on it, as far as it can be read");
  data.systems = {{1, "linux", "Debian", "12", "", {1}}};
  CHECK(wizard.whyNotSource(data).empty());
}

TEST_CASE("a capture carries its choices, and never the passphrase") {
  Wizard wizard(Task::Save);
  wizard.setSource(file("/home/a.img", 1000));
  wizard.setImagePath("/home/a.img.zst");
  Choices& choices = wizard.choices();
  choices.compression = Compression::Small;
  choices.encrypt = true;
  choices.passphrase = "correct horse";
  choices.split = "4G";
  choices.leaveOutPageFiles = true;
  choices.parent = "/home/old.img.zst";
  choices.comment = "before the update";
  choices.partitions = {3, 1};
  choices.resume = true;
  wizard.setPlan(plan("00ff"));
  CHECK(wizard.command(Run::Start) ==
        Words{"capture", "/home/a.img", "/home/a.img.zst", "--partitions", "1,3", "--level", "9",
              "--encrypt", "--split", "4G", "--exclude-page-files", "--parent", "/home/old.img.zst",
              "--comment", "before the update", "--verify", "--resume", "--expect", "00ff"});
}

TEST_CASE("a file that looks like an option is named so that it is none") {
  Wizard wizard(Task::Save);
  wizard.setSource(file("-rf", 1000));
  wizard.setImagePath("--yes");
  const Words words = wizard.command(Run::Plan);
  CHECK(words[1] == "./-rf");
  CHECK(words[2] == "./--yes");
}

TEST_CASE("another answer makes what was planned worthless") {
  Wizard wizard = cloning();
  const auto planned = [&] {
    wizard.setPlan(plan("1"));
    wizard.setFit("keep");
    wizard.setPlan(plan("1"));
  };
  planned();
  wizard.setTarget(disk("/dev/sdb", 2000));  // the same one, looked at again
  CHECK(wizard.plan().id == "1");
  CHECK(wizard.fit() == "keep");
  wizard.setTarget(disk("/dev/sdc", 2000));
  CHECK(wizard.plan().id.empty());
  CHECK(wizard.fit() == "auto");
  planned();
  wizard.setSource(disk("/dev/sdd", 1000));
  CHECK(wizard.plan().id.empty());
  planned();
  wizard.setPartitions({1});
  CHECK(wizard.plan().id.empty());
  CHECK(wizard.fit() == "auto");
  planned();
  wizard.setFit("auto");
  CHECK(wizard.plan().id.empty());
}

TEST_CASE("a restore starts from an image") {
  Wizard wizard(Task::Restore);
  CHECK(!wizard.whyNotSource(disk("/dev/sda", 1000)).empty());
  Disk image = file("/home/a.img.zst", 1000);
  image.kind = DiskKind::Image;
  CHECK(wizard.whyNotSource(image).empty());
  image.size = 0;
  image.table.clear();  // it is known from its name alone
  CHECK(wizard.whyNotSource(image).empty());
  wizard.setSource(image);
  wizard.setTarget(disk("/dev/sdb", 1000));
  CHECK(wizard.command(Run::Plan).front() == "restore");
  wizard.choices().salvage = true;
  const Words words = wizard.command(Run::Plan);
  CHECK(std::ranges::find(words, "--salvage") != words.end());
}

TEST_CASE("a command line can be typed into a shell") {
  CHECK(shellText("disktwin", {"clone", "/dev/sda", "b c", "it's", "", "a=1,2%"}) ==
        "disktwin clone /dev/sda 'b c' 'it'\\''s' '' a=1,2%");
}
