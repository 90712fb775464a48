#include "clone/system/evidence.h"

#include <fmt/format.h>

#include <set>

#include "clone/files/open.h"
#include "clone/system/linux_root.h"
#include "platform/error.h"
#include "platform/printable.h"

namespace disktwin::system {
namespace {

constexpr std::size_t kMostNames = 4096;
constexpr std::size_t kMostEntries = 64;
constexpr std::size_t kLargestEntry = 64 * KiB;
constexpr std::size_t kMostFolders = 64;
constexpr int kDeepestSubvolume = 4;
constexpr std::size_t kMostSearched = 1U << 18;  // entries of folders
constexpr std::uint64_t kLargestHive = 1ULL << 30;
constexpr const char* kHives = "Windows/System32/config/";

void lookForWindows(files::FileTree& tree, Evidence& out) {
  out.bootmgr = tree.isFile("bootmgr") || tree.isFile("ntldr");
  out.bootBcd = tree.isFile("Boot/BCD");
  out.recoveryImage = tree.isFile("Recovery/WindowsRE/Winre.wim");
  const std::string system = fmt::format("{}SYSTEM", kHives);
  if (!tree.isFile(system)) return;
  Root root;
  root.kind = plan::SystemKind::Windows;
  root.found = system;
  try {
    const std::string path = fmt::format("{}SOFTWARE", kHives);
    const auto info = tree.stat(path);
    if (info && info->type == NodeType::Regular && info->size <= kLargestHive) {
      Hive hive([&](std::uint64_t offset,
                    std::span<std::byte> into) { return tree.read(path, offset, into); },
                info->size);
      root.windows = readWindowsVersion(hive);
    }
  } catch (const Error& error) {
    // It is a Windows all the same; only which one is not known.
    if (error.kind() == ErrorKind::Cancelled) throw;
  }
  out.roots.push_back(std::move(root));
}

void lookForLoaders(files::FileTree& tree, Evidence& out) {
  for (const files::Entry& entry : tree.listSome("EFI", kMostFolders)) {
    if (entry.type == NodeType::Folder) out.efiFolders.push_back(printable(entry.name));
  }
  out.microsoftLoader =
      tree.isFile("EFI/Microsoft/Boot/BCD") || tree.isFile("EFI/Microsoft/Boot/bootmgfw.efi");
  for (const files::Entry& entry : tree.listSome("loader/entries", kMostEntries)) {
    if (!entry.name.ends_with(".conf")) continue;
    const auto text = tree.readText("loader/entries/" + entry.name, kLargestEntry);
    if (text) out.loaderEntries.push_back(parseLoaderEntry(*text));
  }
}

void lookForBoot(files::FileTree& tree, Evidence& out) {
  for (const files::Entry& entry : tree.listSome("", kMostNames)) {
    if (entry.type == NodeType::Regular && isKernelName(entry.name)) out.kernels = true;
    if (entry.type == NodeType::Folder && (entry.name == "grub" || entry.name == "grub2")) {
      out.grub = true;
    }
  }
}

// What Btrfs shows when no subvolume is named; often its top.
struct UsualRoot {
  std::uint64_t subvolume = 0;
  std::optional<Root> root;
};

UsualRoot usualRootOf(const ReaderPtr& volume) {
  files::OpenOptions options;
  options.defaultSubvolume = true;
  const auto tree = files::openTree(volume, "btrfs", options);
  const auto info = tree->stat("");
  return {info ? info->subvolume : 0, readLinuxRoot(*tree, "")};
}

// Where a subvolume lies. Nothing says so but the folders above it; snapper's are the deepest:
// "@/.snapshots/1/snapshot".
std::optional<std::string> folderOf(files::FileTree& top, std::uint64_t subvolume) {
  std::vector<std::string> level{""};
  std::size_t seen = 0;
  for (int depth = 0; depth < kDeepestSubvolume; ++depth) {
    std::vector<std::string> below;
    for (const std::string& folder : level) {
      const std::size_t first = below.size();
      top.list(folder, [&](const files::Entry& entry) {
        const bool isFolder = entry.type == NodeType::Folder;
        if (isFolder) below.push_back(folder.empty() ? entry.name : folder + "/" + entry.name);
        return ++seen < kMostSearched;
      });
      if (seen >= kMostSearched) return std::nullopt;
      for (std::size_t i = first; i < below.size(); ++i) {
        const auto info = top.statLink(below[i]);
        if (info && info->subvolume == subvolume) return below[i];
      }
    }
    level = std::move(below);
  }
  return std::nullopt;
}

// Systems in subvolumes: the default one first, then those at the top.
void lookInSubvolumes(UsualRoot usual, files::FileTree& top, Evidence& out) {
  std::set<std::uint64_t> seen;
  if (usual.root) {
    const auto info = top.stat("");
    const bool isTop = info && info->subvolume == usual.subvolume;
    usual.root->subvolume = isTop ? "" : "the default subvolume";
    if (!isTop) usual.root->folder = folderOf(top, usual.subvolume);
    seen.insert(usual.subvolume);
    out.roots.push_back(std::move(*usual.root));
  }
  for (const files::Entry& entry : top.listSome("", kMostFolders)) {
    const auto info = entry.type == NodeType::Folder ? top.stat(entry.name) : std::nullopt;
    if (!info || info->subvolume == 0 || seen.contains(info->subvolume)) continue;
    if (auto root = readLinuxRoot(top, entry.name)) {
      seen.insert(info->subvolume);
      root->subvolume = "subvolume " + printable(entry.name);
      root->folder = entry.name;
      out.roots.push_back(std::move(*root));
    }
  }
}

void look(const ReaderPtr& volume, const std::string& type, Evidence& out) {
  // One after the other: kernels before 6.7 do not show one Btrfs by two devices at once.
  UsualRoot usual;
  if (type == "btrfs") usual = usualRootOf(volume);
  const auto tree = files::openTree(volume, type);
  if (tree->ignoresCase()) lookForWindows(*tree, out);
  lookForLoaders(*tree, out);
  lookForBoot(*tree, out);
  if (type == "btrfs") {
    lookInSubvolumes(std::move(usual), *tree, out);
  } else if (!tree->ignoresCase()) {
    if (auto root = readLinuxRoot(*tree, "")) out.roots.push_back(std::move(*root));
  }
  if (out.roots.empty() && !tree->ignoresCase()) out.usrRelease = readUsrRelease(*tree);
  out.looked = true;
}

}  // namespace

Evidence lookInto(const ReaderPtr& volume, const std::string& type) {
  Evidence out;
  if (!files::isReadable(type)) {
    out.unread = "nothing here reads the files of " + type;
    return out;
  }
  try {
    look(volume, type, out);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled) throw;
    // What was found before counts: it shows what the volume is needed for.
    out.unread = error.detail();
  }
  return out;
}

}  // namespace disktwin::system
