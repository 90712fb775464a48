// The jobs that run or have run, found by their records.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gui/run/job_state.h"

namespace disktwin::gui {

struct JobEntry {
  std::string events;
  std::string control;
  bool isAlive = false;
  JobState state;  // its beginning and its end; of what lies between nothing
};

class JobList {
 public:
  // Folders that are missing or may not be read hold no jobs.
  explicit JobList(std::vector<std::string> folders);

  // The jobs whose records this user may read, the newest first. Looks again; a record that has not
  // changed since is not read again. Valid until the next look.
  const std::vector<JobEntry>& look();

 private:
  struct Stamp {
    std::uintmax_t size = 0;
    std::filesystem::file_time_type changed;
    bool operator==(const Stamp&) const = default;
  };

  const std::vector<std::string> folders_;
  std::vector<JobEntry> jobs_;
  std::vector<Stamp> stamps_;  // of each of the jobs' records
};

// Where the records of this user's jobs are: those that needed root, and the others.
std::vector<std::string> jobFolders();

}  // namespace disktwin::gui
