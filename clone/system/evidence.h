// What the files of one volume say about what it is for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "clone/io/block_reader.h"
#include "clone/plan/system.h"
#include "clone/system/loader_entry.h"
#include "clone/system/mount_tables.h"
#include "clone/system/os_release.h"
#include "clone/system/windows_version.h"

namespace disktwin::system {

// A system whose root is here.
struct Root {
  plan::SystemKind kind = plan::SystemKind::Linux;
  std::string subvolume;  // of Btrfs: "subvolume @", "the default subvolume"; otherwise empty
  // Where it lies below the volume's top: "" for the top itself, "@"; nullopt: it was not found.
  std::optional<std::string> folder = "";
  std::string found;  // what gave it away: "/etc/os-release", "Windows/System32/config/SYSTEM"
  OsRelease release;
  WindowsVersion windows;
  std::vector<MountLine> mounts;
  std::vector<CryptLine> crypts;
};

struct Evidence {
  // Why its files cannot be read, as a clause; empty when they were, or when there are none to be
  // expected (swap).
  std::string unread;
  bool looked = false;  // its files were read

  std::vector<Root> roots;
  std::vector<std::string> efiFolders;  // below EFI: "BOOT", "debian"; printable
  bool microsoftLoader = false;         // EFI/Microsoft/Boot with a BCD or the boot manager
  bool bootmgr = false;                 // bootmgr, or ntldr
  bool bootBcd = false;                 // Boot/BCD
  bool recoveryImage = false;           // Recovery/WindowsRE/Winre.wim
  bool kernels = false;                 // at the top: a /boot of its own
  bool grub = false;                    // grub or grub2 at the top
  std::vector<LoaderEntry> loaderEntries;
  OsRelease usrRelease;  // of a /usr of its own
};

// Looks into a volume. `type` is what it holds, as VolumeInfo names it. Whatever is wrong with it
// becomes `unread`. Throws only Error(Cancelled).
Evidence lookInto(const ReaderPtr& volume, const std::string& type);

}  // namespace disktwin::system
