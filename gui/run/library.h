// What the home page lists: images that are known, and jobs that run or have run. The images are
// kept in a small file of the user's; jobs are found by their records.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gui/run/job_state.h"

namespace disktwin::gui {

struct ImageEntry {
  std::string path;
  std::string id;
  std::string parentId;  // of an incremental one
  std::string source;    // what disk it is of
  std::string date;      // when it was made, ISO 8601
  std::uint64_t bytes = 0;
  std::string verified;  // when it was last read back and found whole; empty: not yet
  bool damaged = false;  // the last look at it found damage
  std::string log;       // the record of the job that made it
};

class Library {
 public:
  // Reads `file`; one that is missing or holds something else is an empty library.
  explicit Library(std::string file);

  const std::vector<ImageEntry>& images() const { return images_; }
  const ImageEntry* find(const std::string& path) const;
  // Adds it, or replaces what was known of that path.
  void add(ImageEntry entry);
  void forget(const std::string& path);
  // Takes from a job that has ended what it says of an image. `now`: the time, ISO 8601.
  void learn(const JobState& job, const std::string& now);
  // Those that cannot be restored without this one, also by way of others.
  std::vector<const ImageEntry*> dependents(const std::string& id) const;

 private:
  void save() const;

  const std::string file_;
  std::vector<ImageEntry> images_;
};

struct JobEntry {
  std::string events;
  std::string control;
  bool isAlive = false;
  JobState state;  // its beginning and its end; of what lies between nothing
};

// The jobs whose records this user may read, the newest first.
std::vector<JobEntry> findJobs(const std::vector<std::string>& folders);

// Where the records of this user's jobs are: those that needed root, and the others.
std::vector<std::string> jobFolders();
// Where this program keeps what it knows; made when it is missing.
std::string stateFolder();

}  // namespace disktwin::gui
