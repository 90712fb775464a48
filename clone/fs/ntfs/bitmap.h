// $Bitmap: one bit a cluster.
#pragma once

#include <cstdint>
#include <functional>

#include "clone/fs/ntfs/stream.h"
#include "clone/io/extent_set.h"

namespace disktwin::fs::ntfs {

using ClusterVisitor = std::function<void(std::uint64_t first, std::uint64_t count)>;

// Calls `visit` for every run of used clusters below `clusters`, ascending; bits beyond are
// ignored. Runs with fewer than `gap` free clusters between them may be given as one. Throws
// Damage, before the first call, when the bitmap does not cover them all.
void forEachUsedRun(const Stream& bitmap, std::uint64_t clusters, std::uint64_t gap,
                    const ClusterVisitor& visit);

// Whether each cluster that `extents` (bytes) touch is in use. Throws Damage as above, and for what
// lies outside of the clusters.
bool areUsed(const Stream& bitmap, const Geometry& geometry, const ExtentSet& extents);

std::uint64_t countUsed(const Stream& bitmap, std::uint64_t clusters);

}  // namespace disktwin::fs::ntfs
