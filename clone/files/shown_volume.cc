#include "clone/files/shown_volume.h"

#include <utility>

namespace disktwin::files {

void ShownVolume::Content::read(std::uint64_t offset, std::span<std::byte> out) {
  try {
    volume_->read(offset, out);
  } catch (const Error& error) {
    const std::lock_guard lock(mutex_);
    error_ = error;
    throw;
  }
}

void ShownVolume::Content::write(std::uint64_t offset, std::span<const std::byte> data) {
  refuse({offset, data.size()});
}

void ShownVolume::Content::zero(Extent range) {
  refuse(range);
}

// The mount and the loop device are read-only, so nobody should come here.
void ShownVolume::Content::refuse(Extent range) const {
  throw Error(ErrorKind::Failed, volume_->name(), "was written to, and is only read", {}, range);
}

std::optional<Error> ShownVolume::Content::takeError() {
  const std::lock_guard lock(mutex_);
  return std::exchange(error_, std::nullopt);
}

}  // namespace disktwin::files
