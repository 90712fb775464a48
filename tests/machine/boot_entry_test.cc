// Entries in a firmware's memory: where they land, and stores that are none.
#include "machine/boot_entry.h"

#include <cstring>

#include "platform/error.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::machine;

namespace {

constexpr std::size_t kVolumeHeader = 72;

// An empty store in a firmware volume, as OVMF has it.
std::vector<std::byte> emptyStore(std::uint32_t size) {
  std::vector<std::byte> out(8192, std::byte{0xFF});
  std::memcpy(out.data() + 40, "_FVH", 4);
  out[48] = std::byte{kVolumeHeader};
  out[49] = std::byte{0};
  const std::uint8_t guid[] = {0x78, 0x2C, 0xF3, 0xAA, 0x7B, 0x94, 0x9A, 0x43,
                               0xA1, 0x80, 0x2E, 0x14, 0x4E, 0xC3, 0x77, 0x92};
  std::memcpy(out.data() + kVolumeHeader, guid, sizeof guid);
  std::memcpy(out.data() + kVolumeHeader + 16, &size, 4);
  return out;
}

BootEntry someEntry() {
  BootEntry out;
  out.partition = 1;
  out.firstLba = 2048;
  out.lbaCount = 1000;
  out.path = "EFI/debian/shimx64.efi";
  return out;
}

std::string textOf(const std::vector<std::byte>& bytes) {
  std::string out;
  for (const std::byte b : bytes) {
    const char c = std::to_integer<char>(b);
    if (c > ' ' && c < 127) out += c;
  }
  return out;
}

}  // namespace

TEST_CASE("an entry names the file, and the second stands behind the first") {
  std::vector<std::byte> store = emptyStore(8000);
  addBootEntry(store, someEntry());
  const std::size_t first = kVolumeHeader + 28;
  CHECK(store[first] == std::byte{0xAA});
  CHECK(store[first + 1] == std::byte{0x55});
  CHECK(store[first + 2] == std::byte{0x3F});
  CHECK_THAT(textOf(store), ContainsSubstring("\\EFI\\debian\\shimx64.efi") &&
                                ContainsSubstring("Boot0000") && ContainsSubstring("BootOrder"));
  const std::vector<std::byte> once = store;
  addBootEntry(store, someEntry());
  CHECK(std::equal(once.begin() + 72, once.begin() + 300, store.begin() + 72));
  CHECK(store != once);
}

TEST_CASE("what is no store, or is full, is refused") {
  std::vector<std::byte> nothing(8192);
  CHECK_THROWS_AS(addBootEntry(nothing, someEntry()), Error);
  std::vector<std::byte> small(10);
  CHECK_THROWS_AS(addBootEntry(small, someEntry()), Error);
  std::vector<std::byte> full = emptyStore(200);
  CHECK_THROWS_AS(addBootEntry(full, someEntry()), Error);
  std::vector<std::byte> beyond = emptyStore(0xFFFFFFFF);
  beyond[48] = beyond[49] = std::byte{0xFF};
  CHECK_THROWS_AS(addBootEntry(beyond, someEntry()), Error);
  // Variables that claim to be longer than all of it.
  std::vector<std::byte> liar = emptyStore(8000);
  liar[kVolumeHeader + 28] = std::byte{0xAA};
  liar[kVolumeHeader + 29] = std::byte{0x55};
  CHECK_THROWS_AS(addBootEntry(liar, someEntry()), Error);
}

TEST_CASE("a partition of an MBR is known by the disk's signature") {
  table::Layout layout;
  layout.kind = table::TableKind::Mbr;
  layout.mbr.diskSignature = 0x12345678;
  table::Partition partition;
  partition.number = 2;
  const BootEntry entry = entryFor(layout, partition, "x");
  CHECK_FALSE(entry.gpt);
  CHECK(entry.signature[0] == std::byte{0x78});
  CHECK(entry.signature[3] == std::byte{0x12});
  CHECK(entry.signature[4] == std::byte{0});
}
