// Every volume on a disk that a system may name, also those inside of others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clone/plan/survey.h"
#include "clone/system/device_spec.h"
#include "clone/system/evidence.h"

namespace disktwin::system {

struct Place {
  std::uint32_t partition = 0;
  std::string inside;  // "logical volume group/root"; empty for the partition itself
  std::string mapper;  // its name below /dev/mapper, of what lies inside
  std::string type;
  std::string uuid;
  std::string label;
  std::string partUuid;  // as below /dev/disk/by-partuuid
  std::string partLabel;
  ReaderPtr reader;  // null when it cannot be read
  fs::VolumeState state = fs::VolumeState::Unknown;
  bool locked = false;  // encrypted, and not open
  std::string doubt;    // why nothing is known of its content
  Evidence evidence;    // filled by look()

  // "partition 2", "partition 3, logical volume group/root"
  std::string describe() const;
};

// In the order of the disk; what lies inside a volume follows it. Reads no files.
std::vector<Place> placesOf(const plan::Survey& survey);

// Whether a device's name in a table means that place. Numbers never do; isHinted() tells of them.
bool means(const DeviceSpec& spec, const Place& place);
bool isHinted(const DeviceSpec& spec, const Place& place);

}  // namespace disktwin::system
