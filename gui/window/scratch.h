// A folder for files that are looked at or dragged; it goes with everything in it.
#pragma once

#include <string>

namespace disktwin::gui {

class Scratch {
 public:
  Scratch() = default;
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // A new, empty folder in it, readable by this user alone; empty text when none can be made.
  std::string folder();
  // Removes what folder() gave out.
  void clear();

 private:
  std::string path_;
  unsigned next_ = 0;
};

}  // namespace disktwin::gui
