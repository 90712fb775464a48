// Volumes of different sizes, held against each other by their files.
#pragma once

#include "clone/compare/compare.h"

namespace disktwin::compare {

// Whether a region is to be compared by its files.
inline bool isByFiles(const plan::Region& region) {
  return region.resizedTo != 0 || !region.edits.empty() || !region.newUuid.empty();
}

// Adds to `out` how the files of the region's volume differ from those where the plan would put it.
// Calls progress.add() for the bytes of both. Throws as compareDisks() does.
void compareByFiles(const plan::Plan& plan, std::size_t region, const ReaderPtr& source,
                    const ReaderPtr& other, copy::Progress& progress, Comparison& out);

}  // namespace disktwin::compare
