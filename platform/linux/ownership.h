// Whose the files are that root makes for somebody.
#pragma once

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include "platform/privileges.h"

namespace disktwin {

// A file that was made just now belongs to who had it made. Where the file system has no owners,
// nothing happens.
inline void giveToAsker(int file) {
  const auto user = askedBy();
  if (user && ::fchown(file, *user, static_cast<gid_t>(-1)) != 0) return;
}
inline void giveToAsker(int folder, const char* name) {
  const auto user = askedBy();
  if (user && ::fchownat(folder, name, *user, static_cast<gid_t>(-1), AT_SYMLINK_NOFOLLOW) != 0) {
    return;
  }
}

}  // namespace disktwin
