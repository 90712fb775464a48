// What a Linux calls itself: os-release(5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace disktwin::system {

// All printable.
struct OsRelease {
  std::string id;                   // "debian"
  std::vector<std::string> idLike;  // of what it is made: "debian" of Ubuntu
  std::string name;                 // "Debian GNU/Linux"
  std::string version;              // "12 (bookworm)"
  std::string versionId;            // "12"
  std::string prettyName;           // "Debian GNU/Linux 12 (bookworm)"

  // The best there is for people.
  std::string title() const;
};

OsRelease parseOsRelease(std::string_view text);

}  // namespace disktwin::system
