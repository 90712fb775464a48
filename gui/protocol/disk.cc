#include "gui/protocol/disk.h"

#include <filesystem>
#include <system_error>

#include "gui/protocol/json_fields.h"

namespace disktwin::gui {
namespace {

using nlohmann::json;

void addUses(const json& fields, Partition& out) {
  for (const json& use : partOf(fields, "uses")) {
    const std::string point = textOf(use, "mount_point");
    if (!point.empty()) {
      out.mountedAt.push_back(point);
      out.isWritten = out.isWritten || !flagOf(use, "read_only");
    } else {
      out.usedBy.push_back(textOf(use, "how"));
    }
  }
}

DiskKind kindFrom(const std::string& name) {
  if (name == "file") return DiskKind::File;
  if (name == "partition") return DiskKind::Partition;
  return DiskKind::Disk;
}

System systemFrom(const json& fields) {
  System out;
  out.number = static_cast<std::uint32_t>(numberOf(fields, "number"));
  out.kind = textOf(fields, "kind");
  out.name = textOf(fields, "name");
  out.version = textOf(fields, "version");
  out.where = textOf(fields, "where");
  for (const json& part : partOf(fields, "partitions")) {
    out.partitions.push_back(static_cast<std::uint32_t>(numberOf(part, "number")));
  }
  return out;
}

}  // namespace

std::string Partition::title() const {
  if (!label.empty()) return label;
  if (!name.empty()) return name;
  if (!role.empty() && role != "data" && role != "unknown") return role;
  return typeName;
}

std::string Disk::title() const {
  return model.empty() || kind != DiskKind::Disk ? path : model;
}

std::string Disk::briefTitle() const {
  return kind == DiskKind::Disk ? title() : nameOf(title());
}

std::string nameOf(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

DiskKind kindOf(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (std::filesystem::exists(status)) {
    return std::filesystem::is_block_file(status) ? DiskKind::Disk : DiskKind::File;
  }
  // Files in memory lie there as well.
  const bool device = path.starts_with("/dev/") && !path.starts_with("/dev/shm/");
  return device ? DiskKind::Disk : DiskKind::File;
}

Partition partitionFrom(const json& fields) {
  Partition out;
  out.number = static_cast<std::uint32_t>(numberOf(fields, "number"));
  out.offset = numberOf(fields, "offset");
  out.size = numberOf(fields, "size");
  out.device = textOf(fields, "device");
  out.role = textOf(fields, "role");
  out.name = textOf(fields, "name");
  out.typeName = textOf(fields, "type_name");
  const json& filesystem = partOf(fields, "filesystem");
  out.filesystem = textOf(filesystem, "type");
  out.label = textOf(filesystem, "label");
  out.state = textOf(filesystem, "state");
  if (filesystem.is_object() && filesystem.contains("used")) {
    out.used = numberOf(filesystem, "used");
  }
  addUses(fields, out);
  return out;
}

Disk diskFrom(const json& fields) {
  Disk out;
  out.kind = kindFrom(textOf(fields, "kind"));
  out.path = textOf(fields, "path");
  out.realPath = textOf(fields, "real_path");
  out.byId = textOf(fields, "by_id");
  out.model = textOf(fields, "model");
  out.serial = textOf(fields, "serial");
  out.bus = textOf(fields, "bus");
  out.size = numberOf(fields, "size");
  out.sectorSize = static_cast<std::uint32_t>(numberOf(fields, "sector_size"));
  out.readOnly = flagOf(fields, "read_only");
  out.removable = flagOf(fields, "removable");
  out.rotational = flagOf(fields, "rotational");
  out.table = textOf(fields, "table");
  out.unreadable = textOf(fields, "unreadable");
  for (const json& part : partOf(fields, "partitions")) {
    out.partitions.push_back(partitionFrom(part));
  }
  out.systemsSought = fields.is_object() && fields.contains("systems");
  for (const json& system : partOf(fields, "systems")) out.systems.push_back(systemFrom(system));
  return out;
}

std::vector<Disk> disksFrom(const json& event) {
  std::vector<Disk> out;
  for (const json& disk : partOf(event, "disks")) out.push_back(diskFrom(disk));
  return out;
}

}  // namespace disktwin::gui
