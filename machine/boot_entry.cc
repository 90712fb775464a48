#include "machine/boot_entry.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "platform/error.h"

namespace disktwin::machine {
namespace {

using Bytes = std::vector<std::byte>;

// Platform Initialization Specification 1.7, volume 3: the header of a firmware volume; and
// EDK II, MdeModulePkg/Include/Guid/VariableFormat.h: what follows it.
constexpr std::size_t kSignatureAt = 40;
constexpr std::size_t kHeaderLengthAt = 48;
constexpr std::size_t kStoreHeader = 28;  // GUID, size, format, state
constexpr std::size_t kVariableHeader = 60;
constexpr std::size_t kNameSizeAt = 36;
constexpr std::uint64_t kVariableMark = 0x55AA;
constexpr std::uint8_t kAdded = 0x3F;
constexpr std::uint64_t kKeptAndSeenAlways = 7;  // non-volatile, by boot services, at run time
constexpr std::uint8_t kGlobal[] = {0x61, 0xDF, 0xE4, 0x8B, 0xCA, 0x93, 0xD2, 0x11,
                                    0xAA, 0x0D, 0x00, 0xE0, 0x98, 0x03, 0x2B, 0x8C};
constexpr std::uint8_t kAuthenticated[] = {0x78, 0x2C, 0xF3, 0xAA, 0x7B, 0x94, 0x9A, 0x43,
                                           0xA1, 0x80, 0x2E, 0x14, 0x4E, 0xC3, 0x77, 0x92};

void put(Bytes& out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}

template <typename Container>
void putBytes(Bytes& out, const Container& bytes) {
  for (const auto b : bytes) out.push_back(static_cast<std::byte>(b));
}

void putText(Bytes& out, std::string_view text) {
  for (const char c : text) put(out, static_cast<unsigned char>(c), 2);
  put(out, 0, 2);
}

std::uint64_t get(const Bytes& from, std::size_t at, std::size_t size) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < size; ++i) {
    out |= std::to_integer<std::uint64_t>(from[at + i]) << (8 * i);
  }
  return out;
}

Error wrongStore(const std::string& what) {
  return {ErrorKind::Invalid, "UEFI firmware", what, "is the package ovmf whole?"};
}

// Device path: partition, file, end.
Bytes pathOf(const BootEntry& entry) {
  Bytes out;
  put(out, 0x0104, 2);
  put(out, 42, 2);
  put(out, entry.partition, 4);
  put(out, entry.firstLba, 8);
  put(out, entry.lbaCount, 8);
  putBytes(out, entry.signature);
  put(out, entry.gpt ? 2 : 1, 1);
  put(out, entry.gpt ? 2 : 1, 1);
  std::string file = "\\" + entry.path;
  std::replace(file.begin(), file.end(), '/', '\\');
  put(out, 0x0404, 2);
  put(out, 4 + 2 * (file.size() + 1), 2);
  putText(out, file);
  put(out, 0xFF7F, 2);
  put(out, 4, 2);
  return out;
}

Bytes loadOption(const BootEntry& entry) {
  const Bytes path = pathOf(entry);
  Bytes out;
  put(out, 1, 4);  // active
  put(out, path.size(), 2);
  putText(out, "disktwin");
  putBytes(out, path);
  return out;
}

Bytes variable(std::string_view name, const Bytes& data) {
  Bytes out;
  put(out, kVariableMark, 2);
  put(out, kAdded, 1);
  put(out, 0, 1);
  put(out, kKeptAndSeenAlways, 4);
  out.resize(kNameSizeAt);  // no counter, no time, no key
  put(out, 2 * (name.size() + 1), 4);
  put(out, data.size(), 4);
  putBytes(out, kGlobal);
  putText(out, name);
  putBytes(out, data);
  out.resize((out.size() + 3) / 4 * 4, std::byte{0xFF});
  return out;
}

struct Room {
  std::size_t at;
  std::size_t end;
};

Room findRoom(const Bytes& store) {
  if (store.size() < 4096 || std::memcmp(store.data() + kSignatureAt, "_FVH", 4) != 0) {
    throw wrongStore("its variables are no firmware volume");
  }
  const std::size_t begin = get(store, kHeaderLengthAt, 2);
  if (begin + kStoreHeader > store.size() ||
      std::memcmp(store.data() + begin, kAuthenticated, sizeof kAuthenticated) != 0) {
    throw wrongStore("its variables have another format than expected");
  }
  const std::size_t end =
      std::min(store.size(), begin + static_cast<std::size_t>(get(store, begin + 16, 4)));
  std::size_t at = begin + kStoreHeader;
  while (at + kVariableHeader <= end && get(store, at, 2) == kVariableMark) {
    at += kVariableHeader + get(store, at + kNameSizeAt, 4) + get(store, at + kNameSizeAt + 4, 4);
    at = (at + 3) / 4 * 4;
  }
  return {at, end};
}

}  // namespace

BootEntry entryFor(const table::Layout& layout, const table::Partition& partition,
                   const std::string& path) {
  BootEntry out;
  out.partition = partition.number;
  out.firstLba = partition.firstLba;
  out.lbaCount = partition.lbaCount;
  out.gpt = layout.kind == table::TableKind::Gpt;
  out.path = path;
  if (out.gpt) {
    std::transform(partition.id.bytes.begin(), partition.id.bytes.end(), out.signature.begin(),
                   [](std::uint8_t b) { return std::byte{b}; });
  } else {
    for (std::size_t i = 0; i < 4; ++i) {
      out.signature[i] = static_cast<std::byte>(layout.mbr.diskSignature >> (8 * i));
    }
  }
  return out;
}

void addBootEntry(std::vector<std::byte>& store, const BootEntry& entry) {
  const Room room = findRoom(store);
  Bytes added = variable("Boot0000", loadOption(entry));
  putBytes(added, variable("BootOrder", Bytes(2)));
  if (room.at > room.end || added.size() > room.end - room.at) {
    throw wrongStore("its variables leave no room for a boot entry");
  }
  std::copy(added.begin(), added.end(), store.begin() + static_cast<std::ptrdiff_t>(room.at));
}

}  // namespace disktwin::machine
