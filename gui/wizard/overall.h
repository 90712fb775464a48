// How far a run is as a whole. The events tell how far a phase is; with a verification everything
// is gone through twice.
#pragma once

#include <optional>

#include "gui/run/job_state.h"

namespace disktwin::gui {

struct Overall {
  std::optional<double> fraction;     // between 0 and 1; nothing where it is not known
  std::optional<double> secondsLeft;  // of all that is to come
  int step = 1;
  int steps = 1;
};

Overall overall(const JobState& state);

// Whether the target holds what it is to hold, or what it would be left as if the run were stopped
// now.
enum class TargetNow {
  Untouched,   // nothing has been written
  Incomplete,  // its old content is gone, the new one is not all there
  Removed,     // it is a new file, which goes when it is not finished
  Partial,     // an image that can be gone on with
  Complete,    // only the verification is missing
};
TargetNow targetNow(const JobState& state);

}  // namespace disktwin::gui
