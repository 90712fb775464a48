// From what the user typed to a source or target that is known, and safe to use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clone/plan/plan.h"
#include "clone/plan/survey.h"
#include "platform/device_tree.h"

namespace disktwin::plan {

// Describes an existing device or file. Throws Error(Failed) when there is nothing at `path`.
Endpoint describeEndpoint(const DeviceTree& tree, const std::string& path);

// The target of a clone. One that does not exist becomes a new file of `newSize` bytes; never below
// /dev, where a missing name is a missing disk. Looks at what an existing one holds, as far as it
// may be read.
Target describeTarget(const DeviceTree& tree, const std::string& path, std::uint64_t newSize);

// The source as a reader: what other names of the device have in their caches is written out first.
ReaderPtr openSource(const DeviceTree& tree, const Endpoint& source);

struct SafetyRequest {
  std::vector<std::uint32_t> partitions;  // those of the source that will be read; empty: all
  bool forceMountedSource = false;
};

// Refuses, with Error(Refused) that says what to do: a target that shares data with the source or
// is in use or read-only, a source that is mounted read-write. Returns warnings for what is let
// through.
std::vector<std::string> checkSafety(const DeviceTree& tree, const Endpoint& source,
                                     const Survey& survey, const Target& target,
                                     const SafetyRequest& request);

// The two halves of it that concern the target alone, for sources that are not disks: that it
// shares no data with what `source` names, and that it is not in use and may be written.
void refuseShared(const DeviceTree& tree, const Endpoint& source, const Target& target);
void refuseTarget(const DeviceTree& tree, const Target& target);

// A warning when a file system has less room than the plan will need there.
std::optional<std::string> warnOfSpace(const Plan& plan);

}  // namespace disktwin::plan
