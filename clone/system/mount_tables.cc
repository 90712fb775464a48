#include "clone/system/mount_tables.h"

#include <algorithm>

#include "clone/system/fields.h"

namespace disktwin::system {
namespace {

using plan::Role;

// "" for "//", "/boot" for "/boot/".
std::string withoutSlashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

bool isAtOrBelow(const std::string& path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace

bool saysOption(std::string_view options, std::string_view wanted) {
  for (std::string_view rest = options; !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    if (rest.substr(0, end) == wanted) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

bool MountLine::isOptional() const {
  return saysOption(options, "nofail") || saysOption(options, "noauto");
}

std::vector<MountLine> parseFstab(std::string_view text) {
  std::vector<MountLine> out;
  for (const std::vector<std::string>& words : linesOfWords(text)) {
    // "The third field describes the type": a line without one says nothing.
    if (words.size() < 3) continue;
    out.push_back({words[0], withoutSlashes(words[1]), words[2], words.size() > 3 ? words[3] : ""});
  }
  return out;
}

std::vector<CryptLine> parseCrypttab(std::string_view text) {
  std::vector<CryptLine> out;
  for (const std::vector<std::string>& words : linesOfWords(text)) {
    if (words.size() >= 2) out.push_back({words[0], words[1]});
  }
  return out;
}

Role roleOf(const MountLine& line) {
  const std::string& point = line.point;
  if (line.type == "swap") return Role::Swap;
  if (point == "/boot/efi" || point == "/efi" || point == "/boot/EFI") return Role::EfiSystem;
  if (isAtOrBelow(point, "/boot")) return Role::Boot;
  if (point == "/") return Role::Os;
  for (const char* own : {"/usr", "/var", "/opt", "/etc", "/root", "/bin", "/sbin", "/lib",
                          "/lib64", "/tmp", "/nix", "/gnu", "/sysroot", "/ostree"}) {
    if (isAtOrBelow(point, own)) return Role::Os;
  }
  return Role::Data;
}

}  // namespace disktwin::system
