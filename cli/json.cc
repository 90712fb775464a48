#include "cli/json.h"

#include <fmt/format.h>

#include "clone/fs/filesystem.h"
#include "platform/printable.h"

namespace disktwin::cli {
namespace {

using nlohmann::json;

const char* severityName(table::Severity severity) {
  switch (severity) {
    case table::Severity::Note:
      return "note";
    case table::Severity::Repaired:
      return "repaired";
    case table::Severity::Fatal:
      break;
  }
  return "fatal";
}

json innerJson(const fs::InnerVolume& volume);

void addInfo(const fs::VolumeInfo& info, json& out) {
  out["block_size"] = info.blockSize;
  out["size"] = info.size;
  out["used"] = info.used;
  out["state"] = fs::stateName(info.state);
  out["notes"] = info.notes;
  out["warnings"] = info.warnings;
  for (const fs::InnerVolume& inner : info.inner) out["volumes"].push_back(innerJson(inner));
}

json innerJson(const fs::InnerVolume& volume) {
  json content{{"type", volume.content.type},
               {"label", printable(volume.content.label)},
               {"uuid", volume.content.uuid}};
  if (!volume.whyWhole.empty()) content["copied_whole_because"] = volume.whyWhole;
  if (!volume.content.type.empty()) addInfo(volume.content, content);
  return {{"name", printable(volume.name)},
          {"kind", volume.kind},
          {"size", volume.size},
          {"filesystem", std::move(content)}};
}

json filesystemJson(const plan::Volume& volume) {
  json out{{"type", volume.type}, {"label", volume.label}, {"uuid", volume.uuid}};
  if (!volume.doubt.empty()) out["copied_whole_because"] = volume.doubt;
  if (volume.fs) addInfo(volume.fs->info(), out);
  return out;
}

json usesJson(const std::vector<Use>& uses) {
  json out = json::array();
  for (const Use& use : uses) {
    json entry{{"how", use.how}, {"device", use.device}};
    if (use.kind == Use::Kind::Mounted) {
      entry["mount_point"] = use.point;
      entry["read_only"] = use.readOnly;
    }
    out.push_back(std::move(entry));
  }
  return out;
}

json editsJson(const plan::Region& region) {
  json out = json::array();
  for (const plan::FileEdit& edit : region.edits) {
    out.push_back({{"path", edit.path}, {"what", edit.what}});
  }
  return out;
}

json newIdsJson(const plan::Plan& plan) {
  json out = json::array();
  if (!plan.request.newIds) return out;
  for (const plan::NewId& id : plan.request.newIds->changes) {
    out.push_back({{"kind", plan::kindName(id.kind)},
                   {"partition", id.partition},
                   {"before", id.before},
                   {"after", id.after}});
  }
  return out;
}

json volumeJson(const plan::Survey& survey, const plan::Volume& volume) {
  json out{{"number", volume.partition},           {"offset", volume.bytes.offset},
           {"size", volume.bytes.length},          {"device", volume.device},
           {"role", plan::roleName(volume.role)},  {"role_because", volume.roleWhy},
           {"filesystem", filesystemJson(volume)}, {"uses", usesJson(volume.uses)}};
  const table::Partition* partition = survey.layout.find(volume.partition);
  if (!partition) return out;
  out["type_name"] = volume.kind.name;
  if (survey.layout.kind == table::TableKind::Gpt) {
    out["type_guid"] = partition->type.toString();
    out["guid"] = partition->id.toString();
    out["name"] = printable(partition->name());
    out["attributes"] = partition->attributes;
  } else {
    out["type_code"] = partition->mbr.type;
    out["active"] = partition->isActive();
    out["logical"] = partition->logical.has_value();
  }
  return out;
}

json systemJson(const plan::System& system) {
  json out{{"number", system.number},    {"kind", plan::systemKindName(system.kind)},
           {"name", system.name},        {"version", system.version},
           {"root", system.root},        {"where", system.where},
           {"partitions", json::array()}};
  for (const plan::SystemPartition& part : system.partitions) {
    out["partitions"].push_back({{"number", part.partition},
                                 {"role", plan::roleName(part.role)},
                                 {"role_because", part.why}});
  }
  return out;
}

}  // namespace

json toJson(const plan::Endpoint& endpoint) {
  return {{"path", endpoint.path},
          {"real_path", endpoint.realPath},
          {"kind", plan::kindName(endpoint.kind)},
          {"by_id", endpoint.byId},
          {"model", endpoint.model},
          {"serial", endpoint.serial},
          {"wwn", endpoint.wwn},
          {"bus", endpoint.bus},
          {"size", endpoint.size},
          {"sector_size", endpoint.sectorSize}};
}

json toJson(const plan::Survey& survey) {
  const table::Layout& layout = survey.layout;
  json out{{"table", table::kindName(layout.kind)},
           {"partitions", json::array()},
           {"findings", json::array()}};
  if (survey.systemsSought) out["systems"] = json::array();
  if (layout.kind != table::TableKind::None) out["table_sector_size"] = layout.sectorSize;
  if (layout.kind == table::TableKind::Gpt) out["disk_guid"] = layout.gpt.diskId.toString();
  if (layout.kind == table::TableKind::Mbr) {
    out["disk_signature"] = fmt::format("{:08x}", layout.mbr.diskSignature);
  }
  if (layout.kind == table::TableKind::Gpt) out["hybrid_mbr"] = layout.isHybrid();
  if (!survey.wholeDiskMark.empty()) out["whole_disk_mark"] = survey.wholeDiskMark;
  for (const plan::Volume& volume : survey.volumes) {
    out["partitions"].push_back(volumeJson(survey, volume));
  }
  for (const plan::System& system : survey.systems) out["systems"].push_back(systemJson(system));
  for (const table::Finding& finding : layout.findings) {
    out["findings"].push_back(
        {{"severity", severityName(finding.severity)}, {"text", finding.text}});
  }
  return out;
}

json toJson(const BlockDevice& disk) {
  return {{"path", disk.path},
          {"model", printable(disk.model)},
          {"serial", printable(disk.serial)},
          {"wwn", printable(disk.wwn)},
          {"bus", disk.bus},
          {"size", disk.size},
          {"sector_size", disk.logicalSector},
          {"physical_sector_size", disk.physicalSector},
          {"read_only", disk.readOnly},
          {"removable", disk.removable},
          {"rotational", disk.rotational}};
}

json placesJson(const DeviceTree& tree, const BlockDevice& disk) {
  json out = json::array();
  for (const BlockDevice& part : tree.devices()) {
    if (part.disk != disk.name) continue;
    out.push_back({{"number", part.partitionNumber},
                   {"offset", part.partitionStart},
                   {"size", part.size},
                   {"device", part.path},
                   {"uses", usesJson(usesOf(tree, disk.path, {part.partitionStart, part.size}))}});
  }
  if (!out.empty()) return out;
  return json::array({{{"number", 0},
                       {"offset", 0},
                       {"size", disk.size},
                       {"device", disk.path},
                       {"uses", usesJson(usesOf(tree, disk.path, {0, disk.size}))}}});
}

json toJson(const plan::Plan& plan) {
  json out{
      {"id", plan.id},
      {"source", toJson(plan.source)},
      {"target", toJson(plan.target)},
      {"bytes_to_read", plan.bytesToRead},
      {"bytes_to_write", plan.bytesToWrite},
      {"bytes_to_wipe", plan.wipe.bytes()},
      {"warnings", plan.warnings},
      {"new_ids", newIdsJson(plan)},
      {"regions", json::array()},
      {"table", {{"kind", table::kindName(plan.targetLayout.kind)}, {"blocks", json::array()}}}};
  out["target"]["new"] = plan.target.isNew;
  out["target"]["will_be_lost"] = plan.target.contents;
  for (const plan::Region& region : plan.regions) {
    out["regions"].push_back({{"partition", region.partition},
                              {"what", region.what},
                              {"how", region.how == plan::How::Used ? "used" : "all"},
                              {"because", region.why},
                              {"source_offset", region.source.offset},
                              {"target_offset", region.target},
                              {"length", region.source.length},
                              {"resized_to", region.resizedTo},
                              {"boot_sector_follows", region.bootSectorFollows},
                              {"edits", editsJson(region)},
                              {"bytes", region.extents.bytes()},
                              {"extents", region.extents.size()}});
  }
  for (const table::TableBlock& block : plan.table) {
    out["table"]["blocks"].push_back({{"offset", block.offset}, {"length", block.bytes.size()}});
  }
  out["table"]["partitions"] = json::array();
  for (const table::Partition& partition : plan.targetLayout.partitions) {
    if (partition.isContainer()) continue;
    const Extent place = plan.targetLayout.bytesOf(partition);
    out["table"]["partitions"].push_back(
        {{"number", partition.number}, {"offset", place.offset}, {"size", place.length}});
  }
  return out;
}

json toJson(const plan::FitLimits& limits) {
  json parts = json::array();
  for (const plan::FitLimits::Part& part : limits.parts) {
    parts.push_back({{"number", part.number},
                     {"smallest", part.smallest},
                     {"can_grow", part.canGrow},
                     {"because", part.why}});
  }
  return {{"room", limits.room}, {"align", limits.align}, {"partitions", std::move(parts)}};
}

json toJson(const system::BootReport& report) {
  json ways = json::array();
  for (const system::BootWay& way : report.ways) {
    ways.push_back({{"firmware", way.firmware}, {"starts", way.starts}, {"how", way.how}});
  }
  return {{"firmware", std::move(ways)}, {"uses", report.uses}, {"problems", report.problems}};
}

}  // namespace disktwin::cli
