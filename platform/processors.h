// How many processors this process may use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace disktwin {

// At least 1: those that it may run on (taskset, a container's cpuset), and no more than its
// group's share of time allows (cgroup v2, "cpu.max").
unsigned usableProcessors();

// The share that a "cpu.max" grants, in processors, rounded up; nullopt: no bound.
std::optional<unsigned> processorsOf(const std::string& cpuMax);

}  // namespace disktwin
