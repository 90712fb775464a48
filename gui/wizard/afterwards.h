// What can be done with what a job has made.
#pragma once

#include <string>
#include <vector>

#include "gui/run/job_state.h"

namespace disktwin::gui {

// A command line without its program, and whether a disk in it takes more rights. Empty words:
// there is nothing to do, or not with certainty.
struct NextRun {
  std::vector<std::string> words;
  bool asRoot = false;

  bool isEmpty() const { return words.empty(); }
};

// Starts what was made in a virtual machine.
NextRun bootRun(const JobState& job);
// Compares what was copied with what it was copied from.
NextRun compareRun(const JobState& job);

// What somebody should do next who has a new disk, a sentence or two each; none for files.
std::vector<std::string> advice(const JobState& job);

}  // namespace disktwin::gui
