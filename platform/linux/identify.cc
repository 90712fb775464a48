#include "platform/identify.h"

#include <blkid/blkid.h>

#include <memory>

namespace disktwin {
namespace {

std::string lookUp(blkid_probe probe, const char* name) {
  const char* value = nullptr;
  std::size_t length = 0;
  if (blkid_probe_lookup_value(probe, name, &value, &length) != 0 || !value) return {};
  return value;
}

}  // namespace

std::optional<ForeignName> identify(const File& file, Extent within) {
  const std::unique_ptr<blkid_struct_probe, decltype(&blkid_free_probe)> probe(blkid_new_probe(),
                                                                               &blkid_free_probe);
  if (!probe || blkid_probe_set_device(probe.get(), file.descriptor(),
                                       static_cast<blkid_loff_t>(within.offset),
                                       static_cast<blkid_loff_t>(within.length)) != 0) {
    return std::nullopt;
  }
  blkid_probe_enable_superblocks(probe.get(), 1);
  blkid_probe_set_superblocks_flags(probe.get(),
                                    BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID);
  const int result = blkid_do_safeprobe(probe.get());
  if (result == -2) return ForeignName{{}, {}, {}, true};
  if (result != 0) return std::nullopt;
  return ForeignName{lookUp(probe.get(), "TYPE"), lookUp(probe.get(), "LABEL"),
                     lookUp(probe.get(), "UUID"), false};
}

}  // namespace disktwin
