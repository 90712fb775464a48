// What a Windows calls itself, from its SOFTWARE hive.
#pragma once

#include <string>

#include "clone/system/hive.h"

namespace disktwin::system {

// As the key Microsoft\Windows NT\CurrentVersion has them; what is missing is empty.
struct WindowsVersion {
  std::string product;  // "Windows 10 Pro"
  std::string release;  // "22H2"
  std::string build;    // "19045"
  std::string version;  // "10.0"

  // "Windows 10 Pro 22H2 (build 19045)"
  std::string title() const;
  // "10.0.19045"
  std::string full() const;
};

// Throws what Hive throws.
WindowsVersion readWindowsVersion(Hive& software);

}  // namespace disktwin::system
