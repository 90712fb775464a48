#include "gui/wizard/estimate.h"

#include <algorithm>

namespace disktwin::gui {
namespace {

struct Rates {
  double slow;  // bytes a second
  double fast;
};

// What such disks do in practice, from worst to best.
Rates ratesOf(const Disk& disk) {
  if (disk.rotational && disk.bus != "usb") return {70e6, 220e6};
  if (disk.bus == "usb") return {25e6, 400e6};
  if (disk.bus == "nvme") return {400e6, 2500e6};
  if (disk.bus == "mmc") return {15e6, 90e6};
  if (disk.bus == "sata" || disk.bus == "ata" || disk.bus == "scsi") return {150e6, 530e6};
  return {80e6, 1000e6};
}

}  // namespace

Estimate estimate(const Plan& plan, const Disk& from, const Disk* to, int reads) {
  const Rates source = ratesOf(from);
  const Rates target = to ? ratesOf(*to) : Rates{80e6, 1000e6};
  const double bytes = static_cast<double>(std::max(plan.bytesToRead, plan.bytesToWrite)) * reads;
  return {bytes / std::min(source.fast, target.fast), bytes / std::min(source.slow, target.slow)};
}

}  // namespace disktwin::gui
