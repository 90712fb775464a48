// What firmware and boot loaders find on an EFI system partition.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clone/files/file_tree.h"
#include "clone/plan/file_edit.h"

namespace disktwin::system {

struct LoaderFile {
  std::string path;       // "EFI/BOOT/BOOTX64.EFI"; printable
  std::string processor;  // for which it is, as names of loaders have it: "x64"; may be empty
};

struct Loaders {
  // What firmware starts that knows nothing of the disk: EFI/BOOT/BOOT*.EFI (UEFI 2.10, 3.5.1.1).
  std::vector<LoaderFile> fallbacks;
  // What it only starts by an entry in its own memory: "EFI/debian/shimx64.efi". The first of each
  // folder.
  std::vector<LoaderFile> installed;
  // By which UUIDs GRUB's first configuration there looks for the filesystem with the rest.
  std::vector<std::string> grubSeeks;
};

// Throws what FileTree's members throw.
Loaders loadersOn(files::FileTree& esp);

// Where there are installed loaders for a machine and no fallback, the files that would make one: a
// copy of the loader, and of what it loads by its side (shim: GRUB and MokManager). `prefer`: the
// name of a system whose vendor's loader is taken when there are several. Throws what FileTree's
// members throw.
std::vector<plan::FileEdit> missingFallbacks(files::FileTree& esp, const std::string& prefer);

// The UUIDs behind "search.fs_uuid" or "search ... --fs-uuid" in a GRUB script. Pure.
std::vector<std::string> uuidsSought(std::string_view script);

}  // namespace disktwin::system
