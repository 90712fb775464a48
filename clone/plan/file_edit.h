// A file that is to be another in the copy.
#pragma once

#include <string>

namespace disktwin::plan {

struct FileEdit {
  std::string path;      // "/etc/fstab", inside of the volume
  std::string content;   // all of it
  std::string what;      // what is changed, a clause: "nofail is added for /home"
  bool isNew = false;    // the source has none of that name
  std::string before{};  // all of it now
};

}  // namespace disktwin::plan
