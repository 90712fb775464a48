#include "clone/io/patched_reader.h"

#include <cstring>

namespace disktwin {

void PatchedReader::read(std::uint64_t offset, std::span<std::byte> out) const {
  base_->read(offset, out);
  for (const auto& [at, bytes] : patches_) {
    const Extent part = intersection({at, bytes.size()}, {offset, out.size()});
    if (part.empty()) continue;
    std::memcpy(out.data() + (part.offset - offset), bytes.data() + (part.offset - at),
                static_cast<std::size_t>(part.length));
  }
}

}  // namespace disktwin
