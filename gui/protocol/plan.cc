#include "gui/protocol/plan.h"

#include "gui/protocol/json_fields.h"

namespace disktwin::gui {
namespace {

using nlohmann::json;

std::uint32_t smallNumberOf(const json& fields, const char* name) {
  return static_cast<std::uint32_t>(numberOf(fields, name));
}

void addPlan(const json& fields, Plan& out) {
  out.id = textOf(fields, "id");
  out.source = diskFrom(partOf(fields, "source"));
  out.target = diskFrom(partOf(fields, "target"));
  out.target.isNew = flagOf(partOf(fields, "target"), "new");
  out.willBeLost = textsOf(partOf(fields, "target"), "will_be_lost");
  out.image = textOf(partOf(fields, "image"), "path");
  out.bytesToRead = numberOf(fields, "bytes_to_read");
  out.bytesToWrite = numberOf(fields, "bytes_to_write");
  out.warnings = textsOf(fields, "warnings");
  for (const json& region : partOf(fields, "regions")) {
    out.regions.push_back({smallNumberOf(region, "partition"), textOf(region, "what"),
                           numberOf(region, "target_offset"), numberOf(region, "bytes")});
  }
  for (const json& place : partOf(partOf(fields, "table"), "partitions")) {
    out.places.push_back(
        {smallNumberOf(place, "number"), numberOf(place, "offset"), numberOf(place, "size")});
  }
}

void addLimits(const json& fields, Plan& out) {
  out.room = numberOf(fields, "room");
  for (const json& limit : partOf(fields, "partitions")) {
    out.limits.push_back({smallNumberOf(limit, "number"), numberOf(limit, "smallest"),
                          flagOf(limit, "can_grow"), textOf(limit, "because")});
  }
}

void addBootability(const json& fields, Plan& out) {
  for (const json& way : partOf(fields, "firmware")) {
    out.firmware.push_back({textOf(way, "firmware"), flagOf(way, "starts"), textOf(way, "how")});
  }
  out.bootUses = textsOf(fields, "uses");
  out.bootProblems = textsOf(fields, "problems");
}

}  // namespace

void Plan::add(const std::string& event, const json& fields) {
  if (event == "plan") addPlan(fields, *this);
  if (event == "limits") addLimits(fields, *this);
  if (event == "bootability") addBootability(fields, *this);
}

}  // namespace disktwin::gui
