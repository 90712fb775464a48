// The JSON behind a LUKS2 header.
#pragma once

#include <string>

#include "clone/fs/luks/header.h"

namespace disktwin::fs::luks {

// Fills in segments, requirements and the end of the key slots. Returns what is wrong with the text
// as a clause; empty when nothing is.
std::string readMetadata(const std::string& json, std::uint64_t headerSize, Header& out);

}  // namespace disktwin::fs::luks
