// The way down through folders, for who looks at everything: a damaged volume leads in circles.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "clone/files/file_tree.h"

namespace disktwin::files {

// Which folders one is in, and how many names of theirs are held meanwhile.
class Descent {
 public:
  // Why that folder is not to be gone into; empty when it may be.
  std::string whyNot(std::uint64_t folder) const {
    if (std::ranges::find(folders_, folder) != folders_.end()) {
      return "it leads back to where it came from";
    }
    if (folders_.size() > kDeepestFolder) return "it lies too deep";
    return held_ > kMostHeld ? "the folders above have too many names" : "";
  }

  // For as long as one is in a folder with so many names.
  class In {
   public:
    In(Descent& descent, std::uint64_t folder, std::size_t names)
        : descent_(descent), names_(names) {
      descent_.folders_.push_back(folder);
      descent_.held_ += names_;
    }
    ~In() {
      descent_.folders_.pop_back();
      descent_.held_ -= names_;
    }
    In(const In&) = delete;
    In& operator=(const In&) = delete;

   private:
    Descent& descent_;
    const std::size_t names_;
  };

 private:
  // Some 200 bytes each.
  static constexpr std::size_t kMostHeld = 4'000'000;

  std::vector<std::uint64_t> folders_;
  std::size_t held_ = 0;
};

}  // namespace disktwin::files
