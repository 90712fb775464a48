// What the protocol calls by name, in the language of the user.
#pragma once

#include <wx/string.h>

#include <string>

#include "gui/protocol/disk.h"

namespace disktwin::gui {

wxString fromUtf8(const std::string& text);

// "ext4", "NTFS", "FAT", "LUKS (encrypted)"; what is not known as it is.
wxString filesystemText(const std::string& type);
// "EFI system", "system", "recovery", ...; empty for data and for what is not known.
wxString roleText(const std::string& role);
// "SSD", "hard disk", "USB stick or removable disk", "image", ...
wxString kindText(const Disk& disk);
// "NVMe", "SATA", "USB"; what is not known in capitals; empty where kindText() tells it.
wxString busText(const std::string& bus);
// "C:", "root": what to call a partition, never empty.
wxString partitionTitle(const Partition& partition);

// What a job does, by its verb of the command line: "Clone", "Verify an image".
wxString verbText(const std::string& verb);

// "less than a minute", "about 3 minutes", "about 1 hour 20 minutes"
wxString durationText(double seconds);

}  // namespace disktwin::gui
