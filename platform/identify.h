// A second opinion on what a volume holds, from libblkid: it knows the names of many formats that
// no reader here can look into.
#pragma once

#include <optional>
#include <string>

#include "platform/extent.h"
#include "platform/file.h"

namespace disktwin {

struct ForeignName {
  std::string type;   // "LVM2_member", "crypto_LUKS", "xfs"
  std::string label;  // may be empty
  std::string uuid;   // may be empty
  // Several formats left their marks and none can be told to be the right one.
  bool ambiguous = false;
};

// Looks at `within` (bytes) of the file or device; nullopt when nothing is known. Never throws for
// what the bytes say. Only reads.
std::optional<ForeignName> identify(const File& file, Extent within);

}  // namespace disktwin
