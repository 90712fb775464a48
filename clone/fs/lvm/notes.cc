#include "clone/fs/lvm/notes.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/printable.h"

namespace disktwin::fs::lvm {
namespace {

std::string others(const Group& group, const PhysicalVolume& self) {
  constexpr std::size_t kMostNamed = 8;
  const std::size_t count = group.physical.size() - 1;
  std::string out;
  std::size_t named = 0;
  for (const PhysicalVolume& one : group.physical) {
    if (&one == &self) continue;
    if (named == kMostNamed) return out + fmt::format(" and {} more", count - named);
    if (named++ != 0) out += ", ";
    out += printable(one.uuid);
  }
  return out;
}

}  // namespace

std::vector<std::string> notesOf(const Group& group, const PhysicalVolume& self) {
  std::vector<std::string> out;
  const std::string name = printable(group.name);
  out.push_back(fmt::format(
      "It belongs to the volume group {}. LVM refuses to use two volumes with the same UUID: after "
      "cloning, unplug one of the two, or run vgimportclone on the copy.",
      name));
  if (group.physical.size() > 1) {
    out.push_back(fmt::format(
        "The volume group {} spans {} physical volumes, and a copy of this one alone is not "
        "enough: the others are {}.",
        name, group.physical.size(), others(group, self)));
  }
  if (has(group.status, "EXPORTED") || has(self.status, "EXPORTED")) {
    out.push_back(
        fmt::format("The volume group {} is exported: run vgimport before it is used.", name));
  }
  if (has(group.status, "CLUSTERED") || has(group.status, "SHARED")) {
    out.push_back(
        fmt::format("The volume group {} is shared between machines: none of them may write while "
                    "it is copied.",
                    name));
  }
  if (has(self.flags, "MISSING")) {
    out.push_back(
        "The volume group counts it as missing: it may be out of date; run vgextend "
        "--restoremissing if it is not.");
  }
  const auto missing = std::count_if(
      group.physical.begin(), group.physical.end(),
      [&](const PhysicalVolume& one) { return &one != &self && has(one.flags, "MISSING"); });
  if (missing != 0) {
    out.push_back(
        fmt::format("The volume group {} lacks {} of its physical volumes.", name, missing));
  }
  if (!has(self.status, "ALLOCATABLE")) {
    out.push_back("LVM may not put anything new on it: pvchange --allocatable y allows that.");
  }
  return out;
}

}  // namespace disktwin::fs::lvm
