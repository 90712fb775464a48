#include "clone/plan/partition_types.h"

#include <fmt/format.h>

#include <cstdint>

#include "clone/plan/system.h"

namespace disktwin::plan {
namespace {

struct GptType {
  const char* guid;
  const char* name;
  Role role;
  bool opaque;
};

constexpr GptType kGptTypes[] = {
    {"C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "EFI system", Role::EfiSystem, false},
    {"21686148-6449-6E6F-744E-656564454649", "BIOS boot", Role::Boot, true},
    {"9E1A2D38-C612-4316-AA26-8B49521E5A8B", "PowerPC PReP boot", Role::Boot, true},
    {"BC13C2FF-59E6-4262-A352-B275FD6F7172", "Linux extended boot", Role::Boot, false},
    {"E3C9E316-0B5C-4DB8-817D-F92DF00215AE", "Microsoft reserved", Role::Reserved, true},
    {"EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", "Microsoft basic data", Role::Data, false},
    {"DE94BBA4-06D1-4D40-A16A-BFD50179D6AC", "Windows recovery", Role::Recovery, false},
    {"5808C8AA-7E8F-42E0-85D2-E1E90434CFB3", "Windows LDM metadata", Role::Data, false},
    {"AF9B60A0-1431-4F62-BC68-3311714A69AD", "Windows LDM data", Role::Data, false},
    {"0FC63DAF-8483-4772-8E79-3D69D8477DE4", "Linux filesystem", Role::Data, false},
    {"0657FD6D-A4AB-43C4-84E5-0933C84B4F4F", "Linux swap", Role::Swap, false},
    {"E6D6D379-F507-44C2-A23C-238F2A3DF928", "Linux LVM", Role::Data, false},
    {"A19D880F-05FC-4D3B-A006-743F0F84911E", "Linux RAID", Role::Data, false},
    {"CA7D7CCB-63ED-4C53-861C-1742536059CC", "Linux LUKS", Role::Data, false},
    {"8DA63339-0007-60C0-C436-083AC8230908", "Linux reserved", Role::Reserved, true},
    {"44479540-F297-41B2-9AF7-D131D5F0458A", "Linux root (x86)", Role::Os, false},
    {"4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709", "Linux root (x86-64)", Role::Os, false},
    {"69DAD710-2CE4-4E3C-B16C-21A1D49ABED3", "Linux root (ARM)", Role::Os, false},
    {"B921B045-1DF0-41C3-AF44-4C6F280D3FAE", "Linux root (ARM64)", Role::Os, false},
    {"72EC70A6-CF74-40E6-BD49-4BDA08E8F224", "Linux root (RISC-V 64)", Role::Os, false},
    {"8484680C-9521-48C6-9C11-B0720656F69E", "Linux /usr (x86-64)", Role::Os, false},
    {"75250D76-8CC6-458E-BD66-BD47CC81A812", "Linux /usr (x86)", Role::Os, false},
    {"B0E01050-EE5F-4390-949A-9101B17104E9", "Linux /usr (ARM64)", Role::Os, false},
    {"4D21B016-B534-45C2-A9FB-5C16E091FD2D", "Linux /var", Role::Os, false},
    {"7EC6F557-3BC5-4ACA-B293-16EF5DF639D1", "Linux /var/tmp", Role::Data, false},
    {"933AC7E1-2EB4-4F13-B844-0E14E2AEF915", "Linux /home", Role::Data, false},
    {"3B8F8425-20E0-4F3B-907F-1A25A76F98E8", "Linux /srv", Role::Data, false},
    {"48465300-0000-11AA-AA11-00306543ECAC", "Apple HFS+", Role::Data, false},
    {"7C3457EF-0000-11AA-AA11-00306543ECAC", "Apple APFS", Role::Data, false},
    {"426F6F74-0000-11AA-AA11-00306543ECAC", "Apple boot", Role::Boot, false},
    {"6A898CC3-1DD2-11B2-99A6-080020736631", "ZFS", Role::Data, false},
    {"516E7CB4-6ECF-11D6-8FF8-00022D09712B", "FreeBSD data", Role::Data, false},
    {"83BD6B9D-7F41-11DC-BE0B-001560B84F0F", "FreeBSD boot", Role::Boot, true},
    {"516E7CB5-6ECF-11D6-8FF8-00022D09712B", "FreeBSD swap", Role::Swap, false},
    {"516E7CB6-6ECF-11D6-8FF8-00022D09712B", "FreeBSD UFS", Role::Data, false},
    {"516E7CBA-6ECF-11D6-8FF8-00022D09712B", "FreeBSD ZFS", Role::Data, false},
};

struct MbrType {
  std::uint8_t code;
  const char* name;
  Role role;
};

constexpr MbrType kMbrTypes[] = {
    {0x01, "FAT12", Role::Data},
    {0x04, "FAT16", Role::Data},
    {0x05, "extended", Role::Data},
    {0x06, "FAT16", Role::Data},
    {0x07, "NTFS or exFAT", Role::Data},
    {0x0B, "FAT32", Role::Data},
    {0x0C, "FAT32 (LBA)", Role::Data},
    {0x0E, "FAT16 (LBA)", Role::Data},
    {0x0F, "extended (LBA)", Role::Data},
    {0x11, "hidden FAT12", Role::Recovery},
    {0x12, "vendor recovery", Role::Recovery},
    {0x14, "hidden FAT16", Role::Recovery},
    {0x16, "hidden FAT16", Role::Recovery},
    {0x17, "hidden NTFS", Role::Recovery},
    {0x1B, "hidden FAT32", Role::Recovery},
    {0x1C, "hidden FAT32 (LBA)", Role::Recovery},
    {0x1E, "hidden FAT16 (LBA)", Role::Recovery},
    {0x27, "Windows recovery", Role::Recovery},
    {0x41, "PowerPC PReP boot", Role::Boot},
    {0x42, "Windows dynamic disk", Role::Data},
    {0x82, "Linux swap", Role::Swap},
    {0x83, "Linux", Role::Data},
    {0x85, "Linux extended", Role::Data},
    {0x8E, "Linux LVM", Role::Data},
    {0xA5, "FreeBSD", Role::Data},
    {0xA6, "OpenBSD", Role::Data},
    {0xA9, "NetBSD", Role::Data},
    {0xAF, "Apple HFS", Role::Data},
    {0xEE, "GPT protective", Role::Reserved},
    {0xEF, "EFI system", Role::EfiSystem},
    {0xFD, "Linux RAID", Role::Data},
};

PartitionType gptType(const table::Partition& partition) {
  const std::string guid = partition.type.toString();
  for (const GptType& known : kGptTypes) {
    if (guid == known.guid) return {known.name, known.role, known.opaque};
  }
  return {guid, Role::Data, false};
}

PartitionType mbrType(const table::Partition& partition) {
  PartitionType out{fmt::format("type {:02X}", partition.mbr.type), Role::Data, false};
  for (const MbrType& known : kMbrTypes) {
    if (partition.mbr.type == known.code) out = {known.name, known.role, known.code == 0x41};
  }
  // Old boot code starts the active partition: whatever it is, the machine boots from it.
  if (partition.isActive() && out.role == Role::Data) out.role = Role::Boot;
  return out;
}

}  // namespace

const char* roleName(Role role) {
  switch (role) {
    case Role::EfiSystem:
      return "EFI system";
    case Role::Boot:
      return "boot";
    case Role::Os:
      return "OS";
    case Role::Recovery:
      return "recovery";
    case Role::Swap:
      return "swap";
    case Role::Reserved:
      return "reserved";
    case Role::Unknown:
      return "unknown";
    case Role::Data:
      break;
  }
  return "data";
}

const char* systemKindName(SystemKind kind) {
  return kind == SystemKind::Windows ? "windows" : "linux";
}

Role roleNamed(const std::string& name) {
  for (const auto role : {Role::EfiSystem, Role::Boot, Role::Os, Role::Recovery, Role::Swap,
                          Role::Reserved, Role::Unknown}) {
    if (name == roleName(role)) return role;
  }
  return Role::Data;
}

PartitionType partitionType(table::TableKind kind, const table::Partition& partition) {
  return kind == table::TableKind::Gpt ? gptType(partition) : mbrType(partition);
}

}  // namespace disktwin::plan
