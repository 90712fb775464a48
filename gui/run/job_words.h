// The words of a job's command line, told apart.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace disktwin::gui {

class JobState;

struct JobWords {
  // What the job is about, in order; paths from the root on, whatever folder it was started in.
  std::vector<std::string> names;
  // Those options that say what is copied, as `compare` takes them too.
  std::vector<std::string> what;
  // As far as they say, the copy is the same as its source.
  bool isSame = true;
};

// Of `clone`, `restore` and `verify`; nothing where one of the words is not known, since what comes
// behind it may then be anything.
std::optional<JobWords> wordsOf(const JobState& job);

}  // namespace disktwin::gui
