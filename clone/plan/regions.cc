#include "clone/plan/regions.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/printable.h"
#include "platform/size_text.h"

namespace disktwin::plan {
namespace {

// Btrfs keeps copies of its superblock here whatever the volume holds today.
constexpr Extent kFarMarks[] = {{64 * MiB, 4 * KiB}, {256 * GiB, 4 * KiB}};

const Use* writableMount(const Volume& volume) {
  for (const Use& use : volume.uses) {
    if (use.kind == Use::Kind::Mounted && !use.readOnly) return &use;
  }
  return nullptr;
}

// Behind a filesystem that does not fill its partition some formats keep data of their own (the
// last bytes of an encrypted Android volume, labels of RAID sets).
ExtentSet tailOf(const Volume& volume, std::uint64_t room) {
  if (room < volume.bytes.length) return {};
  const std::uint64_t end = volume.fs->info().size;
  const std::uint64_t size = volume.bytes.length;
  if (end >= size) return {};
  const std::uint64_t from = std::max(end, size - std::min(size, kEdge));
  return {{from, size - from}};
}

void warnOfState(const std::string& name, fs::VolumeState state,
                 std::vector<std::string>& warnings) {
  switch (state) {
    case fs::VolumeState::Dirty:
      warnings.push_back(
          name +
          ": was not closed cleanly, or has errors; it is copied as it is. Check the "
          "original if you can, and check the copy before you rely on it.");
      break;
    case fs::VolumeState::NeedsRecovery:
      warnings.push_back(
          name +
          ": its journal or log has not been replayed; it is copied as it is, and the copy "
          "is replayed when it is first mounted.");
      break;
    case fs::VolumeState::Hibernated:
      warnings.push_back(name +
                         ": holds a hibernated system; the copy is as if the power had failed. "
                         "Better: start that system and shut it down completely first.");
      break;
    case fs::VolumeState::Clean:
    case fs::VolumeState::Unknown:
      break;
  }
}

void warnOfInner(const fs::VolumeInfo& info, std::vector<std::string>& warnings) {
  for (const fs::InnerVolume& inner : info.inner) {
    const std::string name = printable(inner.name);
    if (!inner.whyWhole.empty()) {
      warnings.push_back(fmt::format("{}: all that belongs to it is copied, {}: {}.", name,
                                     formatSize(inner.size), inner.whyWhole));
    }
    warnOfState(name, inner.content.state, warnings);
    for (const std::string& text : inner.content.warnings) warnings.push_back(name + ": " + text);
    warnOfInner(inner.content, warnings);
  }
}

void warnOfContent(const Volume& volume, std::vector<std::string>& warnings) {
  warnOfState(volumeName(volume), volume.fs->info().state, warnings);
  for (const std::string& text : volume.fs->info().warnings) {
    warnings.push_back(volumeName(volume) + ": " + text);
  }
  warnOfInner(volume.fs->info(), warnings);
}

// Why its map is not even looked at.
std::string whyNotByMap(const Volume& volume) {
  if (const Use* use = writableMount(volume)) {
    return fmt::format("{}, so that what is in use changes while it is copied", use->how);
  }
  return volume.doubt;
}

Region wholeRegion(const Volume& volume, std::string why) {
  Region region;
  region.partition = volume.partition;
  region.what = volumeName(volume);
  region.source = volume.bytes;
  region.how = How::All;
  region.why = std::move(why);
  region.extents = {volume.bytes};
  return region;
}

}  // namespace

std::string volumeName(const Volume& volume) {
  std::string name =
      volume.partition == 0 ? "the volume" : fmt::format("partition {}", volume.partition);
  std::string content = volume.type.empty() ? volume.kind.name : volume.type;
  if (!volume.label.empty()) content += fmt::format(" \"{}\"", volume.label);
  return content.empty() ? name : fmt::format("{} ({})", name, content);
}

std::string whyWhole(const Volume& volume) {
  const std::string why = whyNotByMap(volume);
  return why.empty() ? volume.fs->used().whyWhole : why;
}

Region regionOf(const Volume& volume, const Request& request, std::uint64_t room,
                std::vector<std::string>& warnings) {
  if (volume.fs) warnOfContent(volume, warnings);
  if (request.allSectors) return wholeRegion(volume, "asked for");
  std::string why = whyNotByMap(volume);
  if (why.empty()) {
    fs::UsedMap map = volume.fs->used();
    why = map.whyWhole;
    if (why.empty()) {
      Region region = wholeRegion(volume, {});
      region.how = How::Used;
      for (const std::string& remark : map.remarks) {
        warnings.push_back(volumeName(volume) + ": " + remark);
      }
      // Devices want whole sectors; the widened map stays inside the volume.
      const std::uint32_t unit = volume.reader->sectorSize();
      region.extents = unite(map.extents, tailOf(volume, room))
                           .clipped({0, volume.bytes.length})
                           .aligned(unit, volume.bytes.length)
                           .shiftedUp(volume.bytes.offset);
      region.zeroes = map.zeroes.clipped({0, volume.bytes.length}).shiftedUp(volume.bytes.offset);
      return region;
    }
  }
  if (!volume.opaque) {
    warnings.push_back(fmt::format("{}: copied whole, {}: {}.", volumeName(volume),
                                   formatSize(volume.bytes.length), why));
  }
  return wholeRegion(volume, volume.opaque ? "boot code or reserved space" : why);
}

ExtentSet signatureAreas(const Volume& volume, std::uint64_t size) {
  const std::uint64_t edge = std::min(size, kEdge);
  ExtentSet areas{{0, edge}, {size - edge, edge}};
  for (const Extent& mark : kFarMarks) areas.add(intersection(mark, {0, size}));
  if (volume.fs) areas = unite(areas, volume.fs->signatures().clipped({0, size}));
  return areas;
}

}  // namespace disktwin::plan
