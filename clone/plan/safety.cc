#include <fmt/format.h>

#include <algorithm>

#include "clone/plan/endpoint.h"
#include "platform/error.h"
#include "platform/file.h"
#include "platform/usage.h"

namespace disktwin::plan {
namespace {

// All uses in one sentence, and all that has to be done about them.
[[noreturn]] void refuseInUse(const std::string& path, const std::vector<Use>& uses,
                              const std::string& advice) {
  std::string how;
  std::string todo;
  for (const Use& use : uses) {
    how += fmt::format("{}{} is {}", how.empty() ? "" : ", ", use.device, use.how);
    todo += fmt::format("{}{}", todo.empty() ? "" : ", ", use.whatToDo);
  }
  throw Error(ErrorKind::Refused, path, how, fmt::format("{}: {}", advice, todo));
}

}  // namespace

void refuseShared(const DeviceTree& tree, const Endpoint& source, const Target& target) {
  const std::vector<BaseExtent> from = tree.baseOf(source.path);
  if (!target.isNew && overlap(from, tree.baseOf(target.path))) {
    throw Error(ErrorKind::Refused, target.path,
                fmt::format("is the source {} itself, or shares data with it", source.path),
                "choose another target; `disktwin list` shows which names belong to which disk");
  }
  // Two paths to one drive: only its own number tells.
  if (source.kind == EndpointKind::Disk && target.kind == EndpointKind::Disk &&
      !source.wwn.empty() && source.wwn == target.wwn && source.size == target.size) {
    throw Error(ErrorKind::Refused, target.path,
                fmt::format("has the same WWN {} as the source {}", source.wwn, source.path),
                "it is the same drive under another name; choose another target");
  }
  if (target.kind != EndpointKind::File || source.kind == EndpointKind::File) return;
  const std::string under = deviceUnder(tree, target.path);
  if (!under.empty() && overlap(from, tree.baseOf(under))) {
    throw Error(ErrorKind::Refused, target.path,
                fmt::format("lies on the source {} itself", source.path),
                "choose a place on another disk");
  }
}

void refuseTarget(const DeviceTree& tree, const Target& target) {
  if (target.isNew) return;
  const std::vector<Use> uses = usesOf(tree, target.path);
  if (!uses.empty()) {
    refuseInUse(target.path, uses,
                "everything on it would be lost. If that is what you want, first");
  }
  const BlockDevice* device = tree.byPath(target.path);
  if ((device && device->readOnly) || !mayWrite(target.path)) {
    throw Error(ErrorKind::Refused, target.path, "cannot be written: it is read-only, or not yours",
                "choose another target, remove the write protection, or run it as root");
  }
}

namespace {

std::vector<Use> writingUses(const DeviceTree& tree, const Endpoint& source, const Survey& survey,
                             const SafetyRequest& request) {
  std::vector<Use> all;
  if (request.partitions.empty()) {
    all = usesOf(tree, source.path);
  } else {
    for (const std::uint32_t number : request.partitions) {
      const Volume* volume = survey.find(number);
      if (volume) all.insert(all.end(), volume->uses.begin(), volume->uses.end());
    }
  }
  std::erase_if(all, [](const Use& use) { return use.kind != Use::Kind::Mounted || use.readOnly; });
  return all;
}

}  // namespace

std::vector<std::string> checkSafety(const DeviceTree& tree, const Endpoint& source,
                                     const Survey& survey, const Target& target,
                                     const SafetyRequest& request) {
  refuseShared(tree, source, target);
  refuseTarget(tree, target);
  std::vector<std::string> warnings;
  const std::vector<Use> writing = writingUses(tree, source, survey, request);
  if (writing.empty()) return warnings;
  if (!request.forceMountedSource) {
    refuseInUse(
        source.path, writing,
        "what changes during the copy would be torn apart. Start from a live medium, or first "
        "(--force-mounted-source copies it all the same)");
  }
  for (const Use& use : writing) {
    warnings.push_back(fmt::format(
        "{} is {} for writing: what changes during the copy may be damaged in the copy.",
        use.device, use.how));
  }
  return warnings;
}

}  // namespace disktwin::plan
