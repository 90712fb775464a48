// --system and --os: one operating system of a disk instead of all that is on it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/source.h"

namespace disktwin::cli {

void addSystemOptions(Options& options);

struct Chosen {
  std::set<std::uint32_t> partitions;  // empty: all
  // What has to be another in a copy that is to start: by partition.
  std::map<std::uint32_t, std::vector<plan::FileEdit>> edits;
};

// The numbers that --partitions names (none: all), or with --system those of the system that is
// meant: with several on the disk --os says which, or the user is asked where `mayAsk`. What nobody
// can tell the use of is taken along. Reads files of the volumes then, and gives them their roles.
// Adds to `warnings` what that means for the copy. Throws Error(Refused) when there is no system,
// Error(Usage) when it is not clear which is meant, or the options contradict each other.
// `canEdit`: the copy's files can be changed on the way.
Chosen partitionsAskedFor(Source& source, const Arguments& arguments, bool mayAsk, bool canEdit,
                          std::vector<std::string>& warnings);

}  // namespace disktwin::cli
