// How the readers of tables say what they found.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clone/table/layout.h"

namespace disktwin::table {

// Adds a finding. A table can contradict itself in thousands of places: after the first hundred
// only a first Fatal is still taken.
void report(Layout& layout, Severity severity, std::string text);

// A run of sectors that somebody lays claim to.
struct Claim {
  std::uint64_t firstLba;
  std::uint64_t lbaCount;
  std::string owner;  // "partition 3", "backup GPT entries"
};

// Fatal for each claim that shares sectors with another one.
void reportOverlaps(Layout& layout, std::vector<Claim> claims);

// "partition 3", or "partition 3 (Basic data)" when it has a name.
std::string nameOf(const Partition& partition);

}  // namespace disktwin::table
