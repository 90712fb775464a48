// The wizard without its window: the answers, which page comes next, what cannot be chosen and why,
// and the command line that all of it makes. Computes; draws and starts nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gui/protocol/disk.h"
#include "gui/protocol/plan.h"

namespace disktwin::gui {

enum class Task { Clone, MoveSystem, Save, Restore, LookInto };

enum class Page {
  Source,  // the disk, file or image that is read
  Target,  // the disk or file that is overwritten
  Image,   // where an image is saved
  Fit,     // sizes on the target
  Options,
  Summary,
  Progress,
  Browse,
};

enum class Compression { Fast, Balanced, Small };
int levelOf(Compression compression);

struct Choices {
  bool verify = true;
  Compression compression = Compression::Balanced;
  bool encrypt = false;
  std::string passphrase;  // never on a command line
  std::string split;       // "4G"; empty: one file
  bool leaveOutPageFiles = false;
  std::string parent;  // an image that an incremental one is to build on
  std::string comment;
  bool resume = false;  // go on with the unfinished image of that name
  bool shutDown = false;
  // Of clones and restores.
  std::set<std::uint32_t> partitions;  // empty: all
  bool allSectors = false;
  bool newIds = false;
  bool salvage = false;  // of a damaged image, what is whole
  std::string limit;     // "50M"; empty: as fast as it goes
  bool nice = false;
  bool forceMountedSource = false;
};

// What the program is started for.
enum class Run { Plan, Start };

class Wizard {
 public:
  Wizard() = default;
  explicit Wizard(Task task) : task_(task) {}

  Task task() const { return task_; }
  const std::optional<Disk>& source() const { return source_; }
  const std::optional<Disk>& target() const { return target_; }
  const std::string& imagePath() const { return imagePath_; }
  std::uint32_t system() const { return system_; }
  const Plan& plan() const { return plan_; }
  const std::string& fit() const { return fit_; }
  Choices& choices() { return choices_; }
  const Choices& choices() const { return choices_; }

  // Another source, target or image makes what was planned worthless.
  void setSource(std::optional<Disk> disk);
  void setTarget(std::optional<Disk> disk);
  void setImagePath(std::string path);
  void setSystem(std::uint32_t number);
  void setFit(std::string option);                      // as --fit takes it
  void setPartitions(std::set<std::uint32_t> numbers);  // empty: all
  void setPlan(Plan plan) { plan_ = std::move(plan); }

  std::vector<Page> pages() const;
  // Nothing behind the last, or before the first.
  std::optional<Page> after(Page page) const;
  std::optional<Page> before(Page page) const;
  // Why one cannot go on from there, as a sentence without its stop; empty when one can.
  std::string whyNotOn(Page page) const;

  // Where the source is mounted for writing: it can only be read with forceMountedSource.
  std::vector<std::string> writtenAt() const;

  // Why a disk cannot be chosen, as a phrase for its card; empty when it can. What only the engine
  // can tell shows when it plans.
  std::string whyNotSource(const Disk& disk) const;
  std::string whyNotTarget(const Disk& disk) const;

  // The words behind the program's name; none when there is nothing to be run. A start carries the
  // id of the plan that was shown, so that anything else is refused.
  std::vector<std::string> command(Run run) const;
  // Whether it takes the rights to use devices.
  bool needsRoot() const;
  // What has to be typed to start: how the target of the plan is called.
  std::string nameToType() const;
  // What the sizes of partitions are for: another one needs others.
  std::string fitKey() const;

 private:
  void addDiskJob(std::vector<std::string>& words, Run run) const;
  void addCapture(std::vector<std::string>& words) const;

  Task task_ = Task::Clone;
  std::optional<Disk> source_;
  std::optional<Disk> target_;
  std::string imagePath_;
  std::uint32_t system_ = 0;
  std::string fit_ = "auto";
  Choices choices_;
  Plan plan_;
};

// As one would type it into a shell.
std::string shellText(const std::string& program, const std::vector<std::string>& words);

}  // namespace disktwin::gui
