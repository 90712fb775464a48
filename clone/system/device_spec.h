// How a table of mounts names a device.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace disktwin::system {

struct DeviceSpec {
  enum class By {
    Uuid,  // of the filesystem (or of swap, or LUKS)
    Label,
    PartUuid,  // of the partition; of MBR "1badcafe-05"
    PartLabel,
    Mapper,   // "group/volume" of LVM, or the name of another mapping
    Number,   // partition `number` of some disk: a weak hint
    Nothing,  // no device that could be on a disk: tmpfs, a network share, a bind mount
  };
  By by = By::Nothing;
  std::string value;         // as written; of Mapper also the plain name in `plain`
  std::string plain;         // "group-volume" with LVM's doubled dashes as they stand
  std::uint32_t number = 0;  // of Number; 0: a disk without a table
};

DeviceSpec parseDeviceSpec(std::string_view text);

// "group/volume" as device-mapper has it: "group-volume", with dashes inside names doubled.
std::string mapperName(std::string_view groupAndVolume);

}  // namespace disktwin::system
