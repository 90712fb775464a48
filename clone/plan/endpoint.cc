#include "clone/plan/endpoint.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "clone/io/file_reader.h"
#include "clone/plan/regions.h"
#include "platform/error.h"
#include "platform/file.h"
#include "platform/printable.h"
#include "platform/size_text.h"

namespace disktwin::plan {
namespace {

std::string canonical(const std::string& path) {
  // A name that does not exist yet stays relative otherwise.
  std::error_code failed;
  const auto full = std::filesystem::absolute(path, failed);
  const auto real = std::filesystem::weakly_canonical(full, failed);
  return failed ? path : real.string();
}

void fillFromDevice(const DeviceTree& tree, const BlockDevice& device, Endpoint& out) {
  const BlockDevice* disk = device.isPartition() ? tree.byName(device.disk) : &device;
  out.kind = device.isPartition() ? EndpointKind::Partition : EndpointKind::Disk;
  const std::vector<std::string> names = tree.persistentNames(device);
  if (!names.empty()) out.byId = names.front();
  if (!disk) return;
  out.model = printable(disk->model);
  out.serial = printable(disk->serial);
  out.wwn = printable(disk->wwn);
  out.bus = disk->bus;
  out.optimalIo = disk->optimalIo;
  // A partition is known by its disk and its place on it.
  if (device.isPartition() && !out.serial.empty()) {
    out.serial += fmt::format(" partition {}", device.partitionNumber);
  }
}

std::string contentOf(const Volume& volume) {
  return fmt::format("{}, {}", volumeName(volume), formatSize(volume.bytes.length));
}

// A file's sector size is the one at which its table is found.
ReaderPtr openReader(const std::string& path) {
  auto reader = std::make_shared<FileReader>(File::openRead(path));
  if (reader->file().kind() != FileKind::Regular) return reader;
  const table::Layout layout = table::parse(*reader);
  if (layout.kind == table::TableKind::None || layout.sectorSize == reader->sectorSize()) {
    return reader;
  }
  return std::make_shared<FileReader>(File::openRead(path), layout.sectorSize);
}

bool anythingOn(const BlockReader& disk) {
  return !disk.nextData(0).empty();
}

void lookAtOldContent(const std::string& path, Target& target) {
  Survey old;
  ReaderPtr reader;
  try {
    reader = openReader(path);
    old = survey(reader);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled) throw;
    target.contents.push_back(fmt::format("whatever it holds ({})", error.what()));
    return;
  }
  target.oldLayout = old.layout;
  if (target.kind == EndpointKind::File && old.layout.kind != table::TableKind::None) {
    target.sectorSize = old.layout.sectorSize;
  }
  for (const Volume& volume : old.volumes) {
    const bool bare = volume.partition == 0;
    if (!bare || !volume.type.empty()) {
      target.contents.push_back(contentOf(volume));
    } else if (anythingOn(*reader)) {
      target.contents.push_back("nothing that is known: no partition table, no filesystem");
    }
  }
}

}  // namespace

Endpoint describeEndpoint(const DeviceTree& tree, const std::string& path) {
  const File file = File::openRead(path);
  Endpoint out;
  out.path = path;
  out.realPath = canonical(path);
  out.size = file.size();
  if (file.kind() == FileKind::BlockDevice) {
    out.kind = EndpointKind::Disk;
    out.sectorSize = file.logicalSectorSize();
    if (const BlockDevice* device = tree.byPath(path)) fillFromDevice(tree, *device, out);
  }
  return out;
}

Target describeTarget(const DeviceTree& tree, const std::string& path, std::uint64_t newSize) {
  Target target;
  std::error_code failed;
  const bool exists = std::filesystem::exists(path, failed);
  if (failed) {
    throw Error(ErrorKind::Failed, path, fmt::format("cannot be looked at: {}", failed.message()));
  }
  if (!exists && std::filesystem::is_symlink(path, failed)) {
    throw Error(ErrorKind::Failed, path, "is a link that leads nowhere",
                "name what it should lead to");
  }
  if (exists) {
    static_cast<Endpoint&>(target) = describeEndpoint(tree, path);
    lookAtOldContent(path, target);
    return target;
  }
  target.path = path;
  target.realPath = canonical(path);
  const auto folder = std::filesystem::path(target.realPath).parent_path();
  if (tree.isDeviceFolder(folder.string())) {
    throw Error(ErrorKind::Failed, path, "there is no such device",
                "`disktwin list` shows the disks of this machine");
  }
  if (!std::filesystem::is_directory(folder, failed)) {
    throw Error(ErrorKind::Failed, path,
                fmt::format("the folder {} does not exist", folder.string()),
                "make it first, or choose another place");
  }
  target.isNew = true;
  target.size = newSize;
  return target;
}

ReaderPtr openSource(const DeviceTree& tree, const Endpoint& source) {
  if (source.size == 0) {
    throw Error(ErrorKind::Failed, source.path, "is empty: 0 bytes, or a drive without a medium");
  }
  if (source.kind != EndpointKind::File) {
    // /dev/sda and /dev/sda1 have caches of their own: what was written through one may not yet be
    // seen through the other.
    const std::vector<BaseExtent> base = tree.baseOf(source.realPath);
    for (const BlockDevice& device : tree.devices()) {
      if (!overlap(tree.baseOf(device), base)) continue;
      try {
        File::openRead(device.path).dropCaches();
      } catch (const Error&) {
        // A node that cannot be opened has nothing cached that we could read either.
      }
    }
  }
  return openReader(source.path);
}

std::optional<std::string> warnOfSpace(const Plan& plan) {
  if (plan.target.kind != EndpointKind::File) return std::nullopt;
  std::error_code failed;
  const auto folder = std::filesystem::path(plan.target.realPath).parent_path();
  const std::filesystem::space_info space = std::filesystem::space(folder, failed);
  if (failed || space.available >= plan.bytesToWrite) return std::nullopt;
  return fmt::format("{}: the file system there has {} free, the copy may need up to {}.",
                     plan.target.path, formatSize(space.available), formatSize(plan.bytesToWrite));
}

}  // namespace disktwin::plan
