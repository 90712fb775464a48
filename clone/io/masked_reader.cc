#include "clone/io/masked_reader.h"

#include <algorithm>

#include "platform/error.h"

namespace disktwin {

void MaskedReader::read(std::uint64_t offset, std::span<std::byte> out) const {
  const Extent wanted{offset, out.size()};
  if (!extentFits(offset, out.size(), size())) {
    throw Error(ErrorKind::Invalid, name(), "read beyond the end", {}, wanted);
  }
  std::fill(out.begin(), out.end(), std::byte{0});
  for (const Extent& part : shown_.clipped(wanted)) {
    base_->read(part.offset, out.subspan(static_cast<std::size_t>(part.offset - offset),
                                         static_cast<std::size_t>(part.length)));
  }
}

}  // namespace disktwin
