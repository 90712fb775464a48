#include "platform/processors.h"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

namespace disktwin {
namespace {

constexpr const char* kGroups = "/sys/fs/cgroup";

std::string textOf(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

unsigned allowed() {
  cpu_set_t set;
  // It fails on machines with more processors than such a set holds.
  if (::sched_getaffinity(0, sizeof set, &set) == 0) {
    return static_cast<unsigned>(CPU_COUNT(&set));
  }
  return std::thread::hardware_concurrency();
}

// "0::/user.slice/session-1.scope": the group in the one hierarchy of cgroup v2.
std::string ownGroup() {
  std::istringstream lines(textOf("/proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::/")) return line.substr(3);
  }
  return "/";
}

}  // namespace

std::optional<unsigned> processorsOf(const std::string& cpuMax) {
  std::istringstream words(cpuMax);
  std::uint64_t quota = 0;
  std::uint64_t period = 0;
  if (!(words >> quota >> period) || quota == 0 || period == 0)
    return std::nullopt;  // "max 100000"
  return static_cast<unsigned>(std::min<std::uint64_t>((quota - 1) / period + 1, 1U << 16));
}

unsigned usableProcessors() {
  unsigned out = allowed();
  // The bounds of all groups above hold as well.
  for (std::string group = ownGroup(); !group.empty();) {
    const std::string folder = group == "/" ? "" : group;
    if (const auto share = processorsOf(textOf(kGroups + folder + "/cpu.max"))) {
      out = std::min(out, *share);
    }
    group =
        folder.substr(0, folder.find_last_of('/') == folder.npos ? 0 : folder.find_last_of('/'));
  }
  return std::max(out, 1U);
}

}  // namespace disktwin
