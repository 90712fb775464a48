// Partition tables on any disk at all: parsing ends, and what is not fatal can be written again and
// says the same then.
#include <cstdlib>

#include "clone/table/layout.h"
#include "tests/fuzz/lenient_checksum.h"
#include "tests/fuzz/patched_disk.h"

using namespace disktwin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::believeChecksums(test::asksForBelief(std::as_bytes(std::span(data, size))));
  const auto disk = std::make_shared<test::PatchedDisk>(std::as_bytes(std::span(data, size)));
  const table::Layout found = table::parse(*disk);
  table::tableExtents(found);
  for (const table::Partition& partition : found.partitions) {
    partition.name();
    found.bytesOf(partition);
  }
  if (found.isFatal() || found.kind == table::TableKind::None) return 0;
  test::SparseDisk copy(disk->size(), found.sectorSize);
  for (const table::TableBlock& block : table::encode(found)) copy.put(block.offset, block.bytes);
  if (!(table::parse(copy) == found)) std::abort();
  return 0;
}
