#include "clone/io/block_reader.h"

namespace disktwin {

std::vector<std::byte> readBytes(const BlockReader& reader, std::uint64_t offset,
                                 std::size_t length) {
  std::vector<std::byte> out(length);
  reader.read(offset, out);
  return out;
}

}  // namespace disktwin
