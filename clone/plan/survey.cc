#include "clone/plan/survey.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "clone/fs/registry.h"
#include "clone/fs/second_opinion.h"
#include "clone/io/window.h"
#include "clone/plan/open_mapping.h"
#include "platform/error.h"
#include "platform/printable.h"

namespace disktwin::plan {
namespace {

// A reader's map is only taken when nothing speaks against it: a RAID member looks like the file
// system inside it, and an old superblock can outlive a new format.
void decideContent(Volume& volume) {
  fs::Recognised found = fs::recognise(volume.reader);
  const std::optional<ForeignName> other = fs::secondOpinion(*volume.reader);
  if (other && !other->ambiguous) {
    volume.type = printable(other->type);
    volume.label = printable(other->label);
    volume.uuid = printable(other->uuid);
  }
  volume.ambiguous = !found.ambiguous.empty() || (other && other->ambiguous);
  if (!found.ambiguous.empty()) {
    volume.doubt =
        fmt::format("it bears the marks of several formats ({})", fmt::join(found.ambiguous, ", "));
    return;
  }
  if (!found.fs) {
    volume.doubt = other && other->ambiguous ? "it bears the marks of several formats"
                   : volume.type.empty()     ? "nothing known was found on it"
                                         : fmt::format("no reader for {} is built in", volume.type);
    return;
  }
  const fs::VolumeInfo& info = found.fs->info();
  if (other && (other->ambiguous || other->type != info.type)) {
    volume.doubt =
        other->ambiguous
            ? fmt::format("it looks like {}, but bears the marks of other formats too", info.type)
            : fmt::format("it looks like {}, but libblkid calls it {}", info.type, other->type);
    return;
  }
  volume.type = info.type;
  volume.label = printable(info.label);
  volume.uuid = info.uuid;
  volume.fs = std::move(found.fs);
}

void fillVolume(Volume& volume) {
  try {
    decideContent(volume);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled) throw;
    volume.fs.reset();
    volume.doubt = fmt::format("it cannot be looked into ({})", error.what());
  }
}

Volume partitionVolume(const Survey& out, const table::Partition& partition) {
  Volume volume;
  volume.partition = partition.number;
  volume.bytes = out.layout.bytesOf(partition);
  volume.kind = partitionType(out.layout.kind, partition);
  volume.role = volume.kind.role;
  volume.roleWhy = fmt::format("partition type {}", volume.kind.name);
  if (partition.isActive() && volume.role == Role::Boot) volume.roleWhy = "marked active";
  if (!extentFits(volume.bytes.offset, volume.bytes.length, out.disk->size())) {
    volume.doubt = "it reaches beyond the end of the disk";
    return volume;
  }
  volume.reader = std::make_shared<Window>(
      out.disk, volume.bytes, fmt::format("{}, partition {}", out.disk->name(), partition.number));
  fillVolume(volume);
  volume.opaque = volume.kind.opaque && !volume.fs;
  if (volume.fs && volume.type == "swap") {
    volume.role = Role::Swap;
    volume.roleWhy = "it holds swap space";
  }
  return volume;
}

Volume wholeVolume(const Survey& out) {
  Volume volume;
  volume.bytes = {0, out.disk->size()};
  volume.reader = out.disk;
  fillVolume(volume);
  return volume;
}

// A table without partitions in front of a filesystem: a boot sector that was once written there.
bool isBareAfterAll(const Survey& out, const Volume& whole) {
  return whole.fs && out.layout.kind == table::TableKind::Mbr && out.layout.partitions.empty();
}

}  // namespace

const Volume* Survey::find(std::uint32_t partition) const {
  for (const Volume& volume : volumes) {
    if (volume.partition == partition) return &volume;
  }
  return nullptr;
}

Survey survey(const ReaderPtr& disk) {
  Survey out;
  out.disk = disk;
  out.layout = table::parse(*disk);
  Volume whole = wholeVolume(out);
  if (out.layout.kind == table::TableKind::None || isBareAfterAll(out, whole)) {
    out.layout.kind = table::TableKind::None;
    out.volumes.push_back(std::move(whole));
    return out;
  }
  // libblkid calls a disk with a table nothing at all, unless something else claims the disk.
  out.wholeDiskMark = whole.ambiguous ? "several formats" : whole.type;
  for (const table::Partition& partition : out.layout.partitions) {
    if (!partition.isContainer()) out.volumes.push_back(partitionVolume(out, partition));
  }
  return out;
}

void addUsage(Survey& survey, const DeviceTree& tree, const std::string& path) {
  const BlockDevice* disk = tree.byPath(path);
  for (Volume& volume : survey.volumes) {
    if (volume.partition == 0) {
      volume.device = disk ? disk->path : path;
    } else if (disk) {
      for (const BlockDevice& device : tree.devices()) {
        if (device.disk == disk->name && device.partitionNumber == volume.partition) {
          volume.device = device.path;
        }
      }
    }
    // By place, not by node: a loop device or a file has no nodes for its partitions.
    volume.uses = usesOf(tree, path, volume.bytes);
    for (const Use& use : volume.uses) {
      if (use.kind != Use::Kind::Mounted) continue;
      if (use.point == "/" || use.point == "/usr" || use.point == "/var") {
        volume.role = Role::Os;
      } else if (use.point == "/boot" && volume.role != Role::EfiSystem) {
        volume.role = Role::Boot;
      } else {
        continue;
      }
      volume.roleWhy = use.how;
    }
  }
  lookThroughOpenMappings(survey, tree);
}

}  // namespace disktwin::plan
