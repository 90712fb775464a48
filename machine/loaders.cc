#include "machine/loaders.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "clone/files/open.h"
#include "platform/error.h"
#include "platform/printable.h"

namespace disktwin::machine {
namespace {

constexpr std::size_t kMostNames = 64;
constexpr std::size_t kBootCode = 440;  // bytes of sector 0

// Names as UEFI gives them, and those under which systems install their loaders.
constexpr const char* kFallback = "BOOTX64.EFI";
constexpr const char* kNamed[] = {"shimx64.efi", "grubx64.efi", "systemd-bootx64.efi",
                                  "refind_x64.efi", "elilo.efi"};

bool sameName(const std::string& a, const std::string& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) ==
                  std::tolower(static_cast<unsigned char>(y));
         });
}

void lookInto(files::FileTree& tree, std::uint32_t partition, Loaders& out) {
  for (const files::Entry& entry : tree.listSome("EFI/BOOT", kMostNames)) {
    if (entry.type != NodeType::Regular) continue;
    const EfiLoader loader{partition, "EFI/BOOT/" + printable(entry.name)};
    if (sameName(entry.name, kFallback)) {
      out.fallback.push_back(loader);
    } else if (entry.name.size() > 8 && sameName(entry.name.substr(0, 4), "BOOT") &&
               sameName(entry.name.substr(entry.name.size() - 4), ".EFI")) {
      out.foreign.push_back(loader);
    }
  }
  for (const files::Entry& folder : tree.listSome("EFI", kMostNames)) {
    if (folder.type != NodeType::Folder || sameName(folder.name, "BOOT")) continue;
    for (const char* name : kNamed) {
      const std::string path = "EFI/" + folder.name + "/" + name;
      if (!tree.isFile(path)) continue;
      out.named.push_back({partition, path});
      break;
    }
  }
  const std::string windows = "EFI/Microsoft/Boot/bootmgfw.efi";
  if (tree.isFile(windows)) out.named.push_back({partition, windows});
}

bool hasBootCode(const plan::Survey& survey) {
  std::array<std::byte, 512> sector{};
  if (survey.disk->size() < sector.size()) return false;
  survey.disk->read(0, sector);
  return sector[510] == std::byte{0x55} && sector[511] == std::byte{0xAA} &&
         std::any_of(sector.begin(), sector.begin() + kBootCode,
                     [](std::byte b) { return b != std::byte{}; });
}

std::string describe(const EfiLoader& loader) {
  return loader.partition == 0 ? fmt::format("it has {}", loader.path)
                               : fmt::format("partition {} has {}", loader.partition, loader.path);
}

}  // namespace

Loaders findLoaders(const plan::Survey& survey) {
  Loaders out;
  out.bootCode = hasBootCode(survey);
  for (const plan::Volume& volume : survey.volumes) {
    if (volume.kind.role == plan::Role::EfiSystem && out.efiPartition == 0) {
      out.efiPartition = volume.partition;
    }
    if (volume.type != "vfat" || !volume.reader) continue;
    try {
      lookInto(*files::openTree(volume.reader, volume.type), volume.partition, out);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::Cancelled) throw;
    }
  }
  return out;
}

FirmwareChoice chooseFirmware(const Loaders& loaders, const std::string& subject) {
  if (!loaders.fallback.empty()) return {Firmware::Uefi, describe(loaders.fallback.front())};
  if (!loaders.named.empty()) return {Firmware::Uefi, describe(loaders.named.front())};
  if (!loaders.foreign.empty() && !loaders.bootCode) {
    throw Error(ErrorKind::Refused, subject,
                fmt::format("starts machines with another processor ({}), expected x86-64",
                            describe(loaders.foreign.front())),
                "only disks of x86-64 machines can be started here");
  }
  if (loaders.bootCode)
    return {Firmware::Bios, "sector 0 has boot code, and no EFI loader was found"};
  if (loaders.efiPartition != 0) {
    return {Firmware::Uefi,
            fmt::format("partition {} is an EFI system partition, though no loader was found in it",
                        loaders.efiPartition)};
  }
  return {Firmware::Bios, "nothing that starts a machine was found"};
}

}  // namespace disktwin::machine
