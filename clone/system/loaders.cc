#include "clone/system/loaders.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <optional>

#include "clone/files/backend.h"
#include "clone/io/endian.h"
#include "clone/system/fields.h"
#include "platform/printable.h"

namespace disktwin::system {
namespace {

constexpr std::size_t kMostFolders = 64;
constexpr std::size_t kLargestLoader = 16 * MiB;
constexpr std::size_t kLargestScript = MiB;
constexpr const char* kFallbackFolder = "EFI/BOOT/";
constexpr const char* kWindows = "EFI/Microsoft/Boot/bootmgfw.efi";

struct Machine {
  const char* suffix;    // in names of loaders
  const char* fallback;  // in the name that the UEFI specification gives
  std::uint16_t code;    // in the PE header
};
constexpr Machine kMachines[] = {{"x64", "BOOTX64.EFI", 0x8664},
                                 {"aa64", "BOOTAA64.EFI", 0xAA64},
                                 {"ia32", "BOOTIA32.EFI", 0x14C}};

// The field "Machine" of a PE file (Microsoft, "PE Format"): behind "PE\0\0", to which offset 0x3C
// leads.
std::uint16_t machineOf(files::FileTree& tree, const std::string& path) {
  std::array<std::byte, sizeof(le32)> at{};
  if (tree.read(path, 0x3C, at) < at.size()) return 0;
  std::array<std::byte, sizeof(le16)> code{};
  if (tree.read(path, std::uint64_t{structAt<le32>(at, 0)} + 4, code) < code.size()) return 0;
  return structAt<le16>(code, 0);
}

// A loader, and what has to lie beside it.
struct Candidate {
  std::string folder;  // "EFI/debian/"
  std::string name;
  std::vector<std::string> beside;
};

std::vector<std::string> vendorFolders(files::FileTree& esp) {
  std::vector<std::string> out;
  for (const files::Entry& entry : esp.listSome("EFI", kMostFolders)) {
    if (entry.type == NodeType::Folder && !files::sameButForCase(entry.name, "BOOT")) {
      out.push_back(entry.name);
    }
  }
  return out;
}

std::optional<Candidate> candidateIn(files::FileTree& esp, const std::string& vendor,
                                     const std::string& suffix) {
  const std::string folder = "EFI/" + vendor + "/";
  const std::string shim = fmt::format("shim{}.efi", suffix);
  const std::string grub = fmt::format("grub{}.efi", suffix);
  const std::string manager = fmt::format("mm{}.efi", suffix);
  const bool hasGrub = esp.isFile(folder + grub);
  if (hasGrub && esp.isFile(folder + shim)) {
    Candidate out{folder, shim, {grub}};
    if (esp.isFile(folder + manager)) out.beside.push_back(manager);
    return out;
  }
  if (hasGrub) return Candidate{folder, grub, {}};
  const std::string systemd = fmt::format("systemd-boot{}.efi", suffix);
  if (esp.isFile(folder + systemd)) return Candidate{folder, systemd, {}};
  return std::nullopt;
}

// A Linux loader can start a Windows beside it, but not the other way round.
std::vector<Candidate> candidatesFor(files::FileTree& esp, const Machine& machine,
                                     const std::string& prefer) {
  std::vector<Candidate> out;
  for (const std::string& vendor : vendorFolders(esp)) {
    const auto found = candidateIn(esp, vendor, machine.suffix);
    if (!found) continue;
    const bool isPreferred = files::sameButForCase(vendor, prefer.substr(0, vendor.size()));
    out.insert(isPreferred ? out.begin() : out.end(), *found);
  }
  if (esp.isFile(kWindows) && machineOf(esp, kWindows) == machine.code) {
    out.push_back({"EFI/Microsoft/Boot/", "bootmgfw.efi", {}});
  }
  return out;
}

// UEFI 2.10, table 3.3: "UEFI Image Types".
constexpr std::string_view kProcessors[] = {"ia32",        "x64",        "ia64",    "arm",
                                            "aa64",        "riscv32",    "riscv64", "riscv128",
                                            "loongarch32", "loongarch64"};

// "x64" of "BOOTX64.EFI"; empty when it is no fallback loader.
std::string processorInFallback(const files::Entry& entry) {
  const std::string& name = entry.name;
  if (entry.type != NodeType::Regular || name.size() <= 8 ||
      !files::sameButForCase(name.substr(0, 4), "BOOT") ||
      !files::sameButForCase(name.substr(name.size() - 4), ".EFI")) {
    return {};
  }
  std::string out = name.substr(4, name.size() - 8);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::ranges::find(kProcessors, out) != std::end(kProcessors) ? out : "";
}

// The first loader in a vendor's folder that a firmware's entry may lead to.
std::string installedIn(files::FileTree& esp, const std::string& folder,
                        const std::string& suffix) {
  for (const char* form : {"shim{}.efi", "grub{}.efi", "systemd-boot{}.efi", "refind_{}.efi"}) {
    const std::string name = fmt::format(fmt::runtime(form), suffix);
    if (esp.isFile(folder + name)) return name;
  }
  return suffix == "x64" && esp.isFile(folder + "elilo.efi") ? "elilo.efi" : "";
}

std::string processorOf(files::FileTree& esp, const std::string& path) {
  const std::uint16_t code = machineOf(esp, path);
  for (const Machine& machine : kMachines) {
    if (machine.code == code) return machine.suffix;
  }
  return {};
}

bool addFile(files::FileTree& esp, const std::string& from, const std::string& name,
             std::vector<plan::FileEdit>& out) {
  auto content = esp.readText(from, kLargestLoader);
  if (!content || content->empty()) return false;
  out.push_back({"/" + std::string(kFallbackFolder) + name, std::move(*content),
                 "made from " + printable(from), true});
  return true;
}

}  // namespace

std::vector<std::string> uuidsSought(std::string_view script) {
  std::vector<std::string> out;
  for (const std::vector<std::string>& words : linesOfWords(script)) {
    const bool seeks = std::ranges::any_of(words, [](const std::string& word) {
      return word.find("fs_uuid") != word.npos || word.find("--fs-uuid") != word.npos;
    });
    if (!seeks) continue;
    std::ranges::copy_if(words, std::back_inserter(out), [](const std::string& word) {
      return word.size() >= 8 && word.find_first_not_of("0123456789abcdefABCDEF-") == word.npos;
    });
  }
  return out;
}

Loaders loadersOn(files::FileTree& esp) {
  Loaders out;
  for (const files::Entry& entry : esp.listSome("EFI/BOOT", kMostFolders)) {
    const std::string processor = processorInFallback(entry);
    if (processor.empty()) continue;
    out.fallbacks.push_back({kFallbackFolder + printable(entry.name), processor});
  }
  for (const std::string& vendor : vendorFolders(esp)) {
    const std::string folder = "EFI/" + vendor + "/";
    for (const Machine& machine : kMachines) {
      const std::string name = installedIn(esp, folder, machine.suffix);
      if (!name.empty()) out.installed.push_back({printable(folder + name), machine.suffix});
    }
    const auto script = esp.readText(folder + "grub.cfg", kLargestScript);
    if (!script) continue;
    for (std::string& uuid : uuidsSought(*script)) out.grubSeeks.push_back(std::move(uuid));
  }
  if (esp.isFile(kWindows)) out.installed.push_back({kWindows, processorOf(esp, kWindows)});
  return out;
}

std::vector<plan::FileEdit> missingFallbacks(files::FileTree& esp, const std::string& prefer) {
  std::vector<plan::FileEdit> out;
  for (const Machine& machine : kMachines) {
    if (esp.isFile(std::string(kFallbackFolder) + machine.fallback)) continue;
    const std::vector<Candidate> all = candidatesFor(esp, machine, prefer);
    if (all.empty()) continue;
    const Candidate& best = all.front();
    std::vector<plan::FileEdit> files;
    bool isWhole = addFile(esp, best.folder + best.name, machine.fallback, files);
    for (const std::string& name : best.beside) {
      if (esp.isFile(kFallbackFolder + name)) continue;
      isWhole = isWhole && addFile(esp, best.folder + name, name, files);
    }
    if (isWhole) out.insert(out.end(), files.begin(), files.end());
  }
  return out;
}

}  // namespace disktwin::system
