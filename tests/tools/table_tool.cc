// Writes partition tables that Debian 12's tools cannot make on a file:
//   table_tool gpt-4096 FILE   GPT with 4096-byte sectors: 300 MiB at sector 256, 64 MiB at 78080
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "clone/table/layout.h"
#include "platform/error.h"
#include "platform/file.h"

using namespace disktwin;

namespace {

table::Partition partition(std::uint32_t number, std::uint64_t first, std::uint64_t count,
                           std::string_view type) {
  table::Partition out;
  out.number = number;
  out.firstLba = first;
  out.lbaCount = count;
  out.type = *table::Guid::parse(type);
  out.id.bytes.fill(static_cast<std::uint8_t>(0x40 + number));
  out.nameUnits[0] = u'p';
  out.nameUnits[1] = static_cast<char16_t>(u'0' + number);
  return out;
}

table::Layout gpt4096(std::uint64_t bytes) {
  table::Layout layout;
  layout.kind = table::TableKind::Gpt;
  layout.sectorSize = 4096;
  layout.sectorCount = bytes / 4096;
  layout.gpt.diskId.bytes.fill(0x77);
  layout.gpt.firstUsableLba = 6;
  layout.mbr.entries[0].type = 0xEE;
  layout.mbr.entries[0].lastChs = {0xFF, 0xFF, 0xFF};
  layout.mbr.entries[0].firstLba = 1;
  layout.mbr.entries[0].lbaCount = static_cast<std::uint32_t>(layout.sectorCount - 1);
  layout.partitions = {
      partition(1, 256, 76800, "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"),
      partition(2, 78080, 16384, "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"),
  };
  return table::relocated(layout, layout.sectorCount);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 || std::string_view(argv[1]) != "gpt-4096") return 2;
  try {
    File disk = File::openWrite(argv[2]);
    for (const table::TableBlock& block : table::encode(gpt4096(disk.size()))) {
      disk.writeAt(block.offset, block.bytes);
    }
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}
