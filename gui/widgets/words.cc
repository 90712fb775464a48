#include "gui/widgets/words.h"

#include <wx/intl.h>

#include <algorithm>
#include <cmath>

namespace disktwin::gui {
namespace {

struct Name {
  const char* of;
  const char* text;
};

}  // namespace

wxString fromUtf8(const std::string& text) {
  const wxString out = wxString::FromUTF8(text);
  // What is no UTF-8 gives an empty string; better something that can be told apart.
  return out.empty() && !text.empty() ? wxString::From8BitData(text.c_str()) : out;
}

wxString filesystemText(const std::string& type) {
  static constexpr Name kNames[] = {
      {"ntfs", "NTFS"},         {"refs", "ReFS"},       {"vfat", "FAT"},
      {"exfat", "exFAT"},       {"xfs", "XFS"},         {"btrfs", "Btrfs"},
      {"f2fs", "F2FS"},         {"LVM2_member", "LVM"}, {"linux_raid_member", "RAID"},
      {"reiserfs", "ReiserFS"}, {"jfs", "JFS"},         {"nilfs2", "NILFS2"},
      {"iso9660", "ISO 9660"}};
  for (const Name& name : kNames) {
    if (type == name.of) return name.text;
  }
  if (type == "crypto_LUKS") return _("LUKS, encrypted");
  if (type == "BitLocker") return _("BitLocker, encrypted");
  if (type == "swap") return _("swap");
  if (type == "swsuspend") return _("swap, asleep");
  return fromUtf8(type);
}

wxString roleText(const std::string& role) {
  if (role == "EFI system") return _("EFI system");
  if (role == "boot") return _("boot");
  if (role == "OS") return _("system");
  if (role == "recovery") return _("recovery");
  if (role == "swap") return _("swap");
  if (role == "reserved") return _("reserved");
  return {};
}

wxString kindText(const Disk& disk) {
  switch (disk.kind) {
    case DiskKind::Image:
      return _("saved disk");
    case DiskKind::File:
      return disk.isNew ? _("new file") : _("disk in a file");
    case DiskKind::Partition:
      return _("partition");
    case DiskKind::Disk:
      break;
  }
  if (disk.bus == "loop") return _("loop device");
  if (disk.removable) return _("removable disk");
  return disk.rotational ? _("hard disk") : _("SSD");
}

wxString busText(const std::string& bus) {
  if (bus == "loop") return {};  // its kind says it
  if (bus == "nvme") return "NVMe";
  if (bus == "virtio") return "virtio";
  return fromUtf8(bus).Upper();
}

wxString partitionTitle(const Partition& partition) {
  const std::string title = partition.title();
  if (!title.empty() && title == partition.role) {
    const wxString role = roleText(title);
    if (!role.empty()) return role;
  }
  if (!title.empty()) return fromUtf8(title);
  if (partition.number == 0) return _("Whole disk");
  return wxString::Format(_("Partition %u"), partition.number);
}

wxString verbText(const std::string& verb) {
  if (verb == "clone") return _("Clone");
  if (verb == "capture" || verb == "merge") return _("Save to an image");
  if (verb == "restore") return _("Restore an image");
  if (verb == "verify") return _("Verify an image");
  if (verb == "extract") return _("Take files out");
  if (verb == "compare") return _("Compare");
  if (verb == "boot") return _("See whether it starts");
  return fromUtf8(verb);
}

wxString durationText(double seconds) {
  if (!std::isfinite(seconds) || seconds < 45) return _("less than a minute");
  const auto minutes = static_cast<int>(std::lround(std::min(seconds, 1e8) / 60));
  if (minutes < 60) {
    return wxString::Format(
        wxPLURAL("about %d minute", "about %d minutes", static_cast<unsigned>(minutes)), minutes);
  }
  const int hours = minutes / 60;
  const wxString whole = wxString::Format(
      wxPLURAL("about %d hour", "about %d hours", static_cast<unsigned>(hours)), hours);
  // Nobody knows the minutes of a job that takes half a day.
  const int left = hours < 6 ? minutes % 60 / 5 * 5 : 0;
  if (left == 0) return whole;
  return whole + ' ' +
         wxString::Format(wxPLURAL("%d minute", "%d minutes", static_cast<unsigned>(left)), left);
}

}  // namespace disktwin::gui
