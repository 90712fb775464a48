// A folder for files that are looked at or dragged; it goes with everything in it.
#pragma once

#include <set>
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
  // Removes one that folder() gave out, and what is in it. A program that was asked to stop may
  // still write there: what it leaves goes with the next call of any of these.
  void remove(const std::string& folder);
  // Removes all that folder() gave out.
  void clear();

 private:
  void sweep();

  std::string path_;
  std::set<std::string> used_;  // folders in it that were given out
  unsigned next_ = 0;
};

}  // namespace disktwin::gui
