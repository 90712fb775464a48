#include "clone/copy/progress.h"

namespace disktwin::copy {

const char* phaseName(Phase phase) {
  switch (phase) {
    case Phase::Plan:
      return "plan";
    case Phase::Wipe:
      return "wipe";
    case Phase::Resize:
      return "resize";
    case Phase::Copy:
      return "copy";
    case Phase::Flush:
      return "flush";
    case Phase::Table:
      return "table";
    case Phase::Verify:
      return "verify";
    case Phase::Compare:
      return "compare";
  }
  return "plan";
}

const char* stateName(TargetState state) {
  switch (state) {
    case TargetState::Untouched:
      return "untouched";
    case TargetState::Incomplete:
      return "incomplete";
    case TargetState::Complete:
      return "complete";
  }
  return "untouched";
}

}  // namespace disktwin::copy
