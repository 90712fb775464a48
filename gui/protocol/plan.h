// What a run would do, from the events of a dry run (docs/protocol.md: `plan`, `limits`,
// `bootability`).
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gui/protocol/disk.h"

namespace disktwin::gui {

struct PlanRegion {
  std::uint32_t partition = 0;
  std::string what;
  std::uint64_t target = 0;  // bytes
  std::uint64_t bytes = 0;   // to be copied
};

struct PlanPlace {
  std::uint32_t number = 0;
  std::uint64_t offset = 0;  // bytes, on the target
  std::uint64_t size = 0;
};

struct FirmwareWay {
  std::string firmware;
  bool starts = false;
  std::string how;
};

struct Plan {
  std::string id;
  Disk source;
  Disk target;
  std::string image;  // of a capture
  std::vector<std::string> willBeLost;
  std::vector<PlanRegion> regions;
  std::vector<PlanPlace> places;  // the target's partitions
  std::uint64_t bytesToRead = 0;
  std::uint64_t bytesToWrite = 0;
  std::vector<std::string> warnings;

  std::vector<FirmwareWay> firmware;
  std::vector<std::string> bootUses;
  std::vector<std::string> bootProblems;

  struct Limit {
    std::uint32_t number = 0;
    std::uint64_t smallest = 0;
    bool canGrow = false;
    std::string because;
  };
  std::uint64_t room = 0;  // bytes that partitions may take together; 0: not asked for
  std::vector<Limit> limits;

  // Takes what the event says, if it is one of these.
  void add(const std::string& event, const nlohmann::json& fields);
};

}  // namespace disktwin::gui
