#include "clone/system/reference_files.h"

#include <array>
#include <functional>
#include <string_view>

namespace disktwin::system {
namespace {

constexpr std::size_t kMost = 256;  // entries of a folder

constexpr std::array<const char*, 6> kTables = {
    "/etc/fstab",   "/etc/crypttab",     "/etc/kernel/cmdline",
    "/etc/cmdline", "/etc/default/grub", "/etc/initramfs-tools/conf.d/resume"};

// Of boot loaders, below /boot or at the top of a volume that is one.
constexpr std::array<const char*, 8> kLoaders = {
    "/grub/grub.cfg",   "/grub2/grub.cfg",         "/grub/grubenv",          "/grub2/grubenv",
    "/grub/custom.cfg", "/extlinux/extlinux.conf", "/syslinux/syslinux.cfg", "/refind_linux.conf"};

// What GRUB was given to find its files; grub-install has put it into its core image, too.
constexpr std::array<const char*, 4> kSeeds = {
    "/grub/i386-pc/load.cfg", "/grub/x86_64-efi/load.cfg", "/grub2/i386-pc/load.cfg",
    "/grub2/x86_64-efi/load.cfg"};

bool hasEnd(std::string_view name, std::initializer_list<std::string_view> ends) {
  for (const std::string_view end : ends) {
    if (name.ends_with(end)) return true;
  }
  return false;
}

bool isInitramfs(std::string_view name) {
  return name.starts_with("initrd") || name.starts_with("initramfs");
}

class Search {
 public:
  Search(files::FileTree& tree, ReferenceFiles& out) : tree_(tree), out_(out) {}

  void root(const std::string& base) {
    for (const char* path : kTables) addText(base + path);
    each(base + "/etc/default/grub.d", {".cfg"}, out_.texts);
    each(base + "/etc/cmdline.d", {".conf"}, out_.texts);
    each(base + "/etc/systemd/system", {".mount", ".swap", ".automount"}, out_.texts);
    boot(base + "/boot");
    esp(base + "/boot/efi");
    esp(base + "/efi");
  }

  void boot(const std::string& base) {
    for (const char* path : kLoaders) addText(base + path);
    for (const char* path : kSeeds) addText(base + path);
    each(base + "/loader/entries", {".conf"}, out_.texts);
    for (const files::Entry& entry : listed(base)) {
      if (entry.type == NodeType::Regular && isInitramfs(entry.name)) {
        out_.images.push_back(base + "/" + entry.name);
      }
    }
    esp(base);
  }

  void esp(const std::string& base) {
    for (const files::Entry& vendor : listed(base + "/EFI")) {
      if (vendor.type != NodeType::Folder) continue;
      const std::string folder = base + "/EFI/" + vendor.name;
      each(folder, {".cfg", ".conf", ".CFG", ".CONF"}, out_.texts);
      each(folder, {".efi", ".EFI"}, out_.loaders);
    }
  }

 private:
  // With a path that is the root's own.
  std::vector<files::Entry> listed(const std::string& folder) {
    return tree_.listSome(folder.empty() ? "/" : folder, kMost);
  }

  // Links are left to what they lead to.
  void addText(const std::string& path) {
    const auto info = tree_.statLink(path);
    if (info && info->type == NodeType::Regular) out_.texts.push_back(path);
  }

  void each(const std::string& folder, std::initializer_list<std::string_view> ends,
            std::vector<std::string>& out) {
    for (const files::Entry& entry : listed(folder)) {
      if (entry.type == NodeType::Regular && hasEnd(entry.name, ends)) {
        out.push_back(folder + "/" + entry.name);
      }
    }
  }

  files::FileTree& tree_;
  ReferenceFiles& out_;
};

}  // namespace

ReferenceFiles referenceFiles(files::FileTree& tree, const std::vector<std::string>& folders) {
  ReferenceFiles out;
  Search search(tree, out);
  search.root("");
  search.boot("");
  for (const std::string& folder : folders) search.root("/" + folder);
  return out;
}

}  // namespace disktwin::system
