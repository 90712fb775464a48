#include "cli/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/text_table.h"
#include "platform/printable.h"
#include "platform/size_text.h"

namespace disktwin::cli {
namespace {

std::string nameOf(const plan::Survey& survey, const plan::Volume& volume) {
  const table::Partition* partition = survey.layout.find(volume.partition);
  return partition ? printable(partition->name()) : std::string();
}

std::string numberOf(const plan::Volume& volume) {
  return volume.partition == 0 ? "-" : std::to_string(volume.partition);
}

std::string usesOf(const plan::Volume& volume) {
  std::vector<std::string> all;
  for (const Use& use : volume.uses) {
    all.push_back(use.kind == Use::Kind::Mounted ? use.point + (use.readOnly ? " (read-only)" : "")
                                                 : use.how);
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

std::string usedOf(const plan::Volume& volume) {
  return volume.fs ? formatSize(volume.fs->info().used) : std::string();
}

std::string stateOf(const plan::Volume& volume) {
  return volume.fs ? fs::stateName(volume.fs->info().state) : std::string();
}

// What lies inside a volume, as lines below it: "  group/root".
template <typename Line>
void forEachInner(const std::vector<fs::InnerVolume>& volumes, const Line& line,
                  const std::string& indent = "  ") {
  for (const fs::InnerVolume& inner : volumes) {
    line(inner, indent + printable(inner.name));
    forEachInner(inner.content.inner, line, indent + "  ");
  }
}

std::string contentOf(const fs::InnerVolume& inner) {
  return inner.content.type.empty() ? "unknown" : inner.content.type;
}

// Of what lies inside a volume too.
std::string notesOf(const fs::VolumeInfo& info, const std::string& subject) {
  std::string out;
  for (const std::string& text : info.warnings) {
    out += fmt::format("\n  {}: {}", subject, text);
  }
  for (const std::string& note : info.notes) out += fmt::format("\n  {}: {}", subject, note);
  for (const fs::InnerVolume& inner : info.inner) {
    const std::string name = printable(inner.name);
    if (!inner.whyWhole.empty()) {
      out += fmt::format("\n  {}: all that belongs to it is copied: {}.", name, inner.whyWhole);
    }
    out += notesOf(inner.content, name);
  }
  return out;
}

std::string partitionsOf(const plan::System& system) {
  std::vector<std::uint32_t> numbers;
  for (const plan::SystemPartition& part : system.partitions) numbers.push_back(part.partition);
  if (numbers.empty() || numbers == std::vector<std::uint32_t>{0}) return {};
  return fmt::format("{}", fmt::join(numbers, ", "));
}

std::string systemLines(const plan::Survey& survey) {
  if (!survey.systemsSought) return {};
  if (survey.systems.empty()) return "\n\nSystems\n  none was found";
  TextTable out({"no.", "system", "version", "root on", "partitions"});
  out.alignRight(0);
  for (const plan::System& system : survey.systems) {
    out.add({std::to_string(system.number), system.name, system.version, system.where,
             partitionsOf(system)});
  }
  return "\n\nSystems\n" + out.toString();
}

std::string identityLine(const plan::Survey& survey) {
  const table::Layout& layout = survey.layout;
  switch (layout.kind) {
    case table::TableKind::Gpt:
      return fmt::format("Partition table: gpt{}, sectors of {} bytes, disk GUID {}",
                         layout.isHybrid() ? " with a hybrid MBR" : "", layout.sectorSize,
                         layout.gpt.diskId.toString());
    case table::TableKind::Mbr:
      return fmt::format("Partition table: mbr, sectors of {} bytes, disk signature {:08x}",
                         layout.sectorSize, layout.mbr.diskSignature);
    case table::TableKind::None:
      break;
  }
  return "Partition table: none";
}

}  // namespace

std::string systemsBrief(const plan::Survey& survey) {
  if (!survey.systemsSought) return {};
  const bool isPartly = std::ranges::find(survey.volumes, plan::Role::Unknown,
                                          &plan::Volume::role) != survey.volumes.end();
  if (survey.systems.empty()) {
    return std::string("\n  no operating system was found on it") +
           (isPartly ? ", as far as it can be read" : "");
  }
  std::string out;
  for (const plan::System& system : survey.systems) {
    out += fmt::format("\n  system {}: {} on {}", system.number, system.name, system.where);
  }
  return out;
}

std::string diskFacts(std::uint64_t size, const std::string& bus, std::uint32_t logicalSector,
                      std::uint32_t physicalSector) {
  std::string facts =
      fmt::format("{} ({:.1f} GB)", formatSize(size), static_cast<double>(size) / 1e9);
  if (!bus.empty()) facts += ", " + bus;
  if (logicalSector != 0) facts += fmt::format(", sectors of {} bytes", logicalSector);
  if (physicalSector > logicalSector) facts += fmt::format(" ({} inside)", physicalSector);
  return facts;
}

std::string volumeLines(const plan::Survey& survey) {
  TextTable out({"#", "name", "type", "filesystem", "label", "size", "used", "role", "in use"});
  out.alignRight(0);
  out.alignRight(5);
  out.alignRight(6);
  for (const plan::Volume& volume : survey.volumes) {
    out.add({numberOf(volume), nameOf(survey, volume), volume.kind.name, volume.type, volume.label,
             formatSize(volume.bytes.length), usedOf(volume), plan::roleName(volume.role),
             usesOf(volume)});
    if (!volume.fs) continue;
    forEachInner(
        volume.fs->info().inner, [&](const fs::InnerVolume& inner, const std::string& name) {
          out.add({"", name, inner.kind, contentOf(inner), printable(inner.content.label),
                   formatSize(inner.size),
                   inner.content.type.empty() ? "" : formatSize(inner.content.used), "", ""});
        });
  }
  return out.toString();
}

std::string surveyDetails(const plan::Survey& survey) {
  std::string out = identityLine(survey) + "\n";
  TextTable places({"#", "name", "type", "starts at", "size", "in use"});
  TextTable roles({"#", "role", "why"});
  TextTable contents({"#", "filesystem", "label", "block", "used", "state", "UUID"});
  TextTable guids({"#", "partition GUID", "type GUID"});
  places.alignRight(0);
  places.alignRight(3);
  places.alignRight(4);
  roles.alignRight(0);
  contents.alignRight(0);
  contents.alignRight(3);
  contents.alignRight(4);
  std::string notes;
  for (const plan::Volume& volume : survey.volumes) {
    const std::string number = numberOf(volume);
    places.add({number, nameOf(survey, volume), volume.kind.name, formatCount(volume.bytes.offset),
                formatSize(volume.bytes.length), usesOf(volume)});
    roles.add({number, plan::roleName(volume.role), volume.roleWhy});
    contents.add({number, volume.type.empty() ? "unknown" : volume.type, volume.label,
                  volume.fs ? std::to_string(volume.fs->info().blockSize) : "", usedOf(volume),
                  stateOf(volume), volume.uuid});
    if (volume.fs) {
      forEachInner(volume.fs->info().inner,
                   [&](const fs::InnerVolume& inner, const std::string& name) {
                     const fs::VolumeInfo& info = inner.content;
                     const bool known = !info.type.empty();
                     contents.add({"", name + ": " + contentOf(inner), printable(info.label),
                                   known ? std::to_string(info.blockSize) : "",
                                   known ? formatSize(info.used) : "",
                                   known ? fs::stateName(info.state) : "", info.uuid});
                   });
    }
    const table::Partition* partition = survey.layout.find(volume.partition);
    if (partition && survey.layout.kind == table::TableKind::Gpt) {
      guids.add({number, partition->id.toString(), partition->type.toString()});
    }
    if (!volume.doubt.empty() && !volume.opaque) {
      notes +=
          fmt::format("\n  {}: {}.", volume.partition == 0 ? "the volume" : "partition " + number,
                      volume.doubt);
    }
    if (!volume.fs) continue;
    notes +=
        notesOf(volume.fs->info(), volume.partition == 0 ? "the volume" : "partition " + number);
  }
  out += "\nPartitions\n" + places.toString() + "\n\nContents\n" + contents.toString();
  out += "\n\nRoles\n" + roles.toString() + systemLines(survey);
  if (survey.layout.kind == table::TableKind::Gpt && !survey.volumes.empty()) {
    out += "\n\nIdentity\n" + guids.toString();
  }
  if (!survey.wholeDiskMark.empty()) {
    notes +=
        fmt::format("\n  the whole disk is marked as {}, beside its table", survey.wholeDiskMark);
  }
  if (!notes.empty()) out += "\n\nNotes" + notes;
  if (!survey.layout.findings.empty()) {
    out += "\n\nThe partition table is not healthy";
    for (const table::Finding& finding : survey.layout.findings) out += "\n  " + finding.text;
  }
  return out;
}

std::string rangeLines(const plan::Plan& plan) {
  TextTable ranges({"what", "how", "bytes", "of", "from", "to", "pieces"});
  for (std::size_t column = 2; column < 7; ++column) ranges.alignRight(column);
  for (const plan::Region& region : plan.regions) {
    ranges.add({region.what, plan::howName(region.how), formatSize(region.extents.bytes()),
                formatSize(region.source.length), formatCount(region.source.offset),
                formatCount(region.target), formatCount(region.extents.size())});
  }
  for (const table::TableBlock& block : plan.table) {
    ranges.add({fmt::format("partition table ({})", table::kindName(plan.targetLayout.kind)),
                "table", formatSize(block.bytes.size()), formatSize(block.bytes.size()), "",
                formatCount(block.offset), "1"});
  }
  return ranges.toString();
}

namespace {

std::string newIdLines(const plan::Plan& plan) {
  if (!plan.request.newIds) return {};
  TextTable out({"of", "now", "in the copy"});
  for (const plan::NewId& id : plan.request.newIds->changes) {
    const char* what = id.kind == plan::NewId::Kind::FileSystem ? "filesystem on " : "";
    out.add({id.kind == plan::NewId::Kind::Disk ? std::string("the disk")
                                                : fmt::format("{}partition {}", what, id.partition),
             id.before, id.after});
  }
  return "\nNew identifiers\n" + out.toString() + "\n";
}

}  // namespace

std::string planText(const plan::Plan& plan, const char* verb) {
  std::string out =
      fmt::format("{} {}\n      {}\n   to {}\n      {}{}\n", verb, plan.source.describe(),
                  diskFacts(plan.source.size, plan.source.bus, plan.source.sectorSize, 0),
                  plan.target.describe(),
                  diskFacts(plan.target.size, plan.target.bus, plan.target.sectorSize, 0),
                  plan.target.isNew ? ", a new file" : "");
  if (!plan.target.isNew) {
    out += "\nLost on the target:\n";
    if (plan.target.contents.empty()) out += "  nothing: it is empty\n";
    for (const std::string& lost : plan.target.contents) out += "  " + lost + "\n";
  }
  out += "\nRanges (from and to are byte offsets)\n" + rangeLines(plan) + "\n";
  out += newIdLines(plan);
  if (!plan.wipe.empty()) {
    out += fmt::format("\nZeroed first: {} (old tables and signatures, unused inode tables)\n",
                       formatSize(plan.wipe.bytes()));
  }
  out +=
      fmt::format("\nTo read:  {}\nTo write: {}\nPlan id:  {}", formatSizeExactly(plan.bytesToRead),
                  formatSizeExactly(plan.bytesToWrite), plan.id);
  return out;
}

std::string limitsText(const plan::FitLimits& limits) {
  TextTable table({"partition", "at least", "can grow", ""});
  table.alignRight(1);
  for (const plan::FitLimits::Part& part : limits.parts) {
    table.add({std::to_string(part.number), formatSize(part.smallest), part.canGrow ? "yes" : "no",
               part.why});
  }
  return fmt::format("\nSizes there, of {} in all\n{}", formatSize(limits.room), table.toString());
}

std::string bootText(const system::BootReport& report) {
  std::string out = "\nStarting from the copy\n";
  for (const system::BootWay& way : report.ways) {
    out += fmt::format("  {}: {}{}\n", way.firmware, way.starts ? "" : "no; ", way.how);
  }
  for (const std::string& text : report.uses) out += "  " + text + "\n";
  if (report.problems.empty()) return out + "  Nothing was found that would stop it.";
  out += "\nWhat would stop it, or may\n";
  for (const std::string& text : report.problems) out += "  " + text + "\n";
  out.pop_back();
  return out;
}

}  // namespace disktwin::cli
