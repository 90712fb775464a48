#include <fmt/format.h>

#include "cli/json.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "clone/io/file_reader.h"
#include "clone/plan/survey.h"
#include "clone/system/find.h"
#include "platform/device_tree.h"
#include "platform/error.h"
#include "platform/printable.h"

namespace disktwin::cli {
namespace {

// Disks in the user's sense: no partitions, no empty drives, no parts of the machinery.
bool isListed(const BlockDevice& device) {
  if (device.isPartition() || device.size == 0 || !device.dmName.empty()) return false;
  for (const char* hidden : {"ram", "zram", "sr", "fd"}) {
    if (device.name.rfind(hidden, 0) == 0) return false;
  }
  return true;
}

std::string heading(const BlockDevice& disk, const std::string& byId,
                    const std::string& tableName) {
  std::string out = disk.path;
  if (!disk.model.empty()) out += "  " + printable(disk.model);
  if (!disk.serial.empty()) out += ", serial " + printable(disk.serial);
  out += "\n  " + diskFacts(disk.size, disk.bus, disk.logicalSector, disk.physicalSector);
  if (!tableName.empty()) out += ", table: " + tableName;
  if (disk.readOnly) out += ", read-only";
  if (!byId.empty()) out += "\n  " + byId;
  return out;
}

// Fills what can be told of the content; says why when it cannot be looked at.
std::string listDisk(const DeviceTree& tree, const BlockDevice& disk, bool withSystems,
                     nlohmann::json& fields) {
  const std::vector<std::string> names = tree.persistentNames(disk);
  const std::string byId = names.empty() ? "" : names.front();
  fields["by_id"] = byId;
  try {
    plan::Survey survey = plan::survey(std::make_shared<FileReader>(File::openRead(disk.path)));
    plan::addUsage(survey, tree, disk.path);
    if (withSystems) system::findSystems(survey);
    fields.update(toJson(survey));
    return heading(disk, byId, table::kindName(survey.layout.kind)) + "\n" + volumeLines(survey) +
           systemsBrief(survey);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled) throw;
    fields["unreadable"] = error.what();
    fields["partitions"] = placesJson(tree, disk);
    return heading(disk, byId, "") + "\n  cannot be looked into: " + error.detail() +
           (error.hint().empty() ? "" : "; " + error.hint());
  }
}

}  // namespace

void addListOptions(Options& options) {
  options.add_options()("systems", "look for the operating systems on each; reads a few files");
}

int runList(const Arguments& arguments, Output& output) {
  const DeviceTree tree = DeviceTree::read();
  nlohmann::json disks = nlohmann::json::array();
  std::string text;
  for (const BlockDevice& disk : tree.devices()) {
    if (!isListed(disk)) continue;
    nlohmann::json fields = toJson(disk);
    text += (text.empty() ? "" : "\n\n") + listDisk(tree, disk, arguments.has("systems"), fields);
    disks.push_back(std::move(fields));
  }
  output.event("disks", {{"disks", std::move(disks)}});
  output.event("done", {{"exit_code", 0}});
  output.line(text.empty() ? "No disks were found." : text);
  output.requireDelivered();
  return 0;
}

}  // namespace disktwin::cli
