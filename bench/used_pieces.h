// What the programs here that only move bytes have in common.
#pragma once

#include <string>
#include <vector>

#include "platform/extent.h"

namespace disktwin::bench {

// The used blocks of all volumes of a disk or raw file, in pieces of at most `most` bytes.
std::vector<Extent> usedPieces(const std::string& path, std::uint64_t most);

// Past the page cache where that can be had. Throws Error(Failed).
int openDirect(const std::string& path, int flags);

}  // namespace disktwin::bench
