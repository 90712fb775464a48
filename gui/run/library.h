// The images that are known, kept in a small file of the user's.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gui/run/job_list.h"

namespace disktwin::gui {

struct ImageEntry {
  std::string path;
  std::string id;
  std::string parentId;  // of an incremental one
  std::string source;    // what disk it is of
  std::string date;      // when it was made, ISO 8601, UTC
  std::uint64_t bytes = 0;
  std::string checked;   // when it was last read back; empty: not yet
  std::string verified;  // when it was last found whole by that
  bool encrypted = false;
  bool damaged = false;  // the last look at it found damage
  std::string log;       // the record of the job that made it
};

// The image that a job is about: of `capture` and `merge` the target, of `verify` its only word;
// otherwise empty.
std::string imageOf(const JobState& job);

class Library {
 public:
  // Reads `file`; one that is missing or holds something else is an empty library.
  explicit Library(std::string file);

  const std::vector<ImageEntry>& images() const { return images_; }
  const ImageEntry* find(const std::string& path) const;
  // Adds it, or replaces what was known of that path.
  void add(ImageEntry entry);
  void forget(const std::string& path);
  // The record of a job is not to be listed any more (that of root cannot be removed).
  void hide(const std::string& events);
  bool isHidden(const std::string& events) const;
  // What `show` says of an image that was made elsewhere, or before its record was lost; nothing
  // where it is known already.
  void meet(const JobState& shown);
  // Takes from a job that has ended what it says of an image. `when`: the time, ISO 8601, UTC.
  void learn(const JobState& job, const std::string& when);
  // The same of jobs that nobody watched to their end; `exists` tells whether an image is there.
  void catchUp(const std::vector<JobEntry>& jobs,
               const std::function<bool(const std::string& path)>& exists);
  // Those that cannot be restored without this one, also by way of others.
  std::vector<const ImageEntry*> dependents(const std::string& id) const;

 private:
  void load();
  void save() const;
  // Does that to what the file holds by now: another window may have written it.
  template <typename Change>
  void change(Change&& change);

  const std::string file_;
  std::vector<ImageEntry> images_;
  std::vector<std::string> hidden_;
};

// Whether there is an image of that path: a file, or the first of its volumes.
bool imageExists(const std::string& path);

// Removes its file, or all of its volumes. Why not all could be removed; empty when they could.
std::string removeFilesOf(const std::string& image);

// Where this program keeps what it knows; made when it is missing, for this user alone. Empty when
// nobody can tell where that is.
std::string stateFolder();

}  // namespace disktwin::gui
