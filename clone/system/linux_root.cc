#include "clone/system/linux_root.h"

namespace disktwin::system {
namespace {

constexpr std::size_t kLargestTable = MiB;
constexpr std::size_t kLargestRelease = 64 * KiB;

bool startsSomething(files::FileTree& tree, const std::string& folder) {
  for (const char* name : {"sbin/init", "usr/sbin/init", "usr/lib/systemd/systemd", "bin/init"}) {
    if (tree.statLink(folder + name)) return true;
  }
  return false;
}

}  // namespace

std::optional<Root> readLinuxRoot(files::FileTree& tree, const std::string& folder) {
  const std::string base = folder.empty() ? folder : folder + "/";
  Root out;
  for (const char* name : {"etc/os-release", "usr/lib/os-release"}) {
    const auto text = tree.readText(base + name, kLargestRelease);
    if (!text) continue;
    out.release = parseOsRelease(*text);
    out.found = std::string("/") + name;
    break;
  }
  const auto fstab = tree.readText(base + "etc/fstab", kLargestTable);
  if (out.found.empty()) {
    if (!fstab || !startsSomething(tree, base)) return std::nullopt;
    out.found = "/etc/fstab and init";
  }
  if (fstab) out.mounts = parseFstab(*fstab);
  if (const auto crypttab = tree.readText(base + "etc/crypttab", kLargestTable)) {
    out.crypts = parseCrypttab(*crypttab);
  }
  return out;
}

OsRelease readUsrRelease(files::FileTree& tree) {
  const auto text = tree.readText("lib/os-release", kLargestRelease);
  return text ? parseOsRelease(*text) : OsRelease{};
}

}  // namespace disktwin::system
