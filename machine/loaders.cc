#include "machine/loaders.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "clone/files/open.h"
#include "clone/system/loaders.h"
#include "platform/error.h"

namespace disktwin::machine {
namespace {

constexpr std::size_t kBootCode = 440;  // bytes of sector 0
constexpr const char* kProcessor = "x64";

void lookInto(files::FileTree& tree, std::uint32_t partition, Loaders& out) {
  const system::Loaders found = system::loadersOn(tree);
  for (const system::LoaderFile& file : found.fallbacks) {
    (file.processor == kProcessor ? out.fallback : out.foreign).push_back({partition, file.path});
  }
  for (const system::LoaderFile& file : found.installed) {
    const bool isOurs = file.processor.empty() || file.processor == kProcessor;
    if (isOurs) out.named.push_back({partition, file.path});
  }
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
