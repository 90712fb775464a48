// What is written into a part of a bar, as far as there is room. Without a toolkit: the window that
// paints says how wide words are.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace disktwin::gui {

// All that there is to say of a part, in UTF-8; what does not apply, or is said by the title, is
// empty.
struct PartWords {
  std::string title;
  std::string number;  // of the partition
  std::string filesystem;
  std::string role;
  std::string size;
  std::string sizeAndUsed;

  // "FAT · EFI system"
  std::string filesystemAndRole() const;
};

struct WrittenPart {
  std::vector<std::string> lines;  // the title first; it alone may be too wide, and is then cut
  // The title, the filesystem, the role and the size can all be read there.
  bool tellsAll = false;
};

// Whether words can be read in the room that there is, in bold or not.
using FitsInPart = std::function<bool(const std::string& words, bool isBold)>;

WrittenPart writtenInto(const PartWords& words, const FitsInPart& fits);

}  // namespace disktwin::gui
