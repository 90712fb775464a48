// The lines of the home page's list: images that are known, and jobs that are not about one of
// them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gui/run/job_list.h"
#include "gui/run/library.h"

namespace disktwin::gui {

enum class RowStatus {
  Ready,
  Verified,
  Damaged,
  Missing,
  Running,
  Paused,
  Done,
  Losses,
  Failed,
  Stopped
};

struct HomeRow {
  std::string verb;  // of a job, as the protocol names it
  std::string name;  // of an image, or of what the job writes to; may be empty
  std::string source;
  std::string date;  // ISO 8601
  std::uint64_t bytes = 0;
  RowStatus status = RowStatus::Ready;
  double fraction = 0;   // of one that runs
  std::string verified;  // when, of one that is
  std::string image;     // its path; empty: the row is a job
  std::string events;    // the record of its job, may be empty
  std::string control;

  // What tells it from the others.
  const std::string& key() const { return image.empty() ? events : image; }
  bool isRunning() const { return status == RowStatus::Running || status == RowStatus::Paused; }
};

// `exists`: whether there is a file of that path (an image of several volumes has its first).
std::vector<HomeRow> homeRows(const std::vector<ImageEntry>& images,
                              const std::vector<JobEntry>& jobs,
                              const std::function<bool(const std::string& path)>& exists);

}  // namespace disktwin::gui
