// Small files, read at once.
#pragma once

#include <cstddef>
#include <string>

namespace disktwin {

// All of a file (or pipe) of at most `most` bytes. Throws Error(Failed) when it cannot be read or
// is larger.
std::string readSmallFile(const std::string& path, std::size_t most);

}  // namespace disktwin
