#include "platform/linux/device_details.h"

#include <fmt/format.h>
#include <sys/sysmacros.h>

#include <filesystem>
#include <map>
#include <system_error>

#include "platform/linux/text_file.h"

namespace disktwin {
namespace {

using Properties = std::map<std::string, std::string>;

// The properties that udev keeps of a device ("E:KEY=VALUE" lines).
Properties udevProperties(const SystemRoots& roots, const BlockDevice& disk) {
  Properties out;
  const std::string path =
      fmt::format("{}/udev/data/b{}:{}", roots.run, major(disk.number), minor(disk.number));
  for (const std::string& line : splitLines(readTextFile(path))) {
    const auto equals = line.find('=');
    if (line.rfind("E:", 0) == 0 && equals != std::string::npos) {
      out[line.substr(2, equals - 2)] = trimmed(line.substr(equals + 1));
    }
  }
  return out;
}

// SCSI's page 0x80 (unit serial number): four bytes of header, then text.
std::string scsiSerial(const std::string& folder) {
  const std::string page = readTextFile(folder + "/device/vpd_pg80");
  return page.size() > 4 ? trimmed(page.substr(4)) : std::string();
}

std::string busOf(const std::string& folder, const BlockDevice& disk) {
  if (disk.isLoop()) return "loop";
  if (!disk.dmName.empty()) return "dm";
  if (!disk.raidLevel.empty()) return "raid";
  std::error_code ignored;
  const std::string real = std::filesystem::canonical(folder, ignored).string();
  const struct {
    const char* part;
    const char* bus;
  } known[] = {{"/usb", "usb"},      {"/nvme", "nvme"}, {"/virtio", "virtio"}, {"/ata", "sata"},
               {"/mmc_host", "mmc"}, {"/nbd", "nbd"},   {"/xen", "xen"},       {"/host", "scsi"}};
  for (const auto& [part, bus] : known) {
    if (real.find(part) != std::string::npos) return bus;
  }
  return {};
}

std::string firstOf(std::initializer_list<std::string> candidates) {
  for (const std::string& text : candidates) {
    if (!text.empty()) return text;
  }
  return {};
}

}  // namespace

void describeDisk(const SystemRoots& roots, const std::string& folder, BlockDevice& disk) {
  Properties udev = udevProperties(roots, disk);
  disk.bus = busOf(folder, disk);
  const std::string vendor = readLine(folder + "/device/vendor");
  std::string model = readLine(folder + "/device/model");
  // SCSI and USB split the name in two; for SATA the vendor is just "ATA", for virtio a number.
  if (!model.empty() && !vendor.empty() && vendor != "ATA" && vendor.rfind("0x", 0) != 0) {
    model = vendor + " " + model;
  }
  disk.model = firstOf({model, readLine(folder + "/device/name"), udev["ID_MODEL"]});
  if (disk.isLoop()) disk.model = disk.loopFile;
  if (disk.isMapping()) disk.model = disk.dmName;
  // udev's short serial is the drive's own; what a USB bridge says of itself is not.
  disk.serial = firstOf({udev["ID_SERIAL_SHORT"], readLine(folder + "/device/serial"),
                         readLine(folder + "/serial"), scsiSerial(folder)});
  disk.wwn =
      firstOf({udev["ID_WWN"], readLine(folder + "/wwid"), readLine(folder + "/device/wwid")});
}

}  // namespace disktwin
