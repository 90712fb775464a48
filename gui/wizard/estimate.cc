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

// Of an image, from two processors to many; where it lies is not known.
Rates ratesOf(Compression compression) {
  switch (compression) {
    case Compression::Fast:
      return {80e6, 1000e6};
    case Compression::Balanced:
      return {80e6, 800e6};
    case Compression::Small:
      break;
  }
  return {20e6, 300e6};
}

}  // namespace

Estimate estimate(const Plan& plan, const Disk& from, const Disk* to, const Choices& choices,
                  std::uint64_t limit) {
  const Rates source = ratesOf(from);
  const Rates target = to ? ratesOf(*to) : ratesOf(choices.compression);
  const double bytes = static_cast<double>(std::max(plan.bytesToRead, plan.bytesToWrite));
  const auto seconds = [&](double least) {
    const double copying =
        bytes / (limit != 0 ? std::min(static_cast<double>(limit), least) : least);
    return choices.verify ? copying + bytes / least : copying;
  };
  return {seconds(std::min(source.fast, target.fast)), seconds(std::min(source.slow, target.slow))};
}

}  // namespace disktwin::gui
