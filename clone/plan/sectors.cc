#include "clone/plan/sectors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "clone/plan/regions.h"
#include "platform/error.h"

namespace disktwin::plan {

std::string whyNotWithSectors(const Volume& volume, std::uint32_t size) {
  if (volume.opaque) return volume.role == Role::Reserved ? "" : "it belongs to a boot loader";
  if (!volume.fs) return volume.doubt;
  const fs::VolumeInfo& info = volume.fs->info();
  const bool isFree = info.type.starts_with("ext") || info.type == "btrfs" || info.type == "swap";
  if (!isFree) return fmt::format("{} counts in the sectors of its disk", info.type);
  if (info.blockSize >= size) return {};
  return fmt::format("its blocks have {} bytes", info.blockSize);
}

void checkSectors(const Survey& source, const std::set<std::uint32_t>& numbers, std::uint32_t size,
                  const std::string& subject) {
  std::vector<std::string> all;
  for (const Volume& volume : source.volumes) {
    if (!numbers.empty() && !numbers.contains(volume.partition)) continue;
    const std::string why = whyNotWithSectors(volume, size);
    if (!why.empty()) all.push_back(fmt::format("{}: {}", volumeName(volume), why));
  }
  if (all.empty()) return;
  throw Error(ErrorKind::Refused, subject,
              fmt::format("has sectors of {} bytes, the source has sectors of {}, and a copy by "
                          "blocks would not work there of {}",
                          size, source.layout.sectorSize, fmt::join(all, "; of ")),
              "leave those out with --partitions, or choose a target with the same sector size");
}

}  // namespace disktwin::plan
