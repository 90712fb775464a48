// $LogFile: whether the metadata on the disk are all there is.
#pragma once

#include <string>

#include "clone/fs/ntfs/stream.h"

namespace disktwin::fs::ntfs {

enum class LogState {
  Closed,   // Windows closed it: whatever it logged has reached its place
  Emptied,  // overwritten with 0xFF, as Linux and repair tools leave it: nothing to replay
  Open,     // to be replayed before the other metadata can be believed
};

struct LogVerdict {
  LogState state = LogState::Open;
  bool cached = false;  // in the format that Windows uses while it holds the volume
  std::string why;      // of Open: a clause
};

// When in doubt, Open. Throws Damage when the file cannot be read.
LogVerdict judgeLog(const Stream& log);

}  // namespace disktwin::fs::ntfs
