#include "machine/signs.h"

#include <algorithm>

#include "machine/screen.h"
#include "platform/printable.h"

namespace disktwin::machine {
namespace {

constexpr std::size_t kMostKept = 8U << 10;
constexpr char kEscape = '\x1b';

struct Known {
  const char* text;
  Sign sign;
  const char* what;
  bool atOnce = false;
};

constexpr Known kKnown[] = {
    // Firmware
    {"No bootable device", Sign::Down, "the firmware finds no bootable device"},
    {"No bootable option or device was found", Sign::Down, "the firmware finds no bootable device"},
    {"UEFI Interactive Shell", Sign::Down,
     "the firmware finds no bootable device and has started its shell"},
    // Boot sectors
    {"BOOTMGR is missing", Sign::Down, "the boot sector says: BOOTMGR is missing"},
    {"BOOTMGR is compressed", Sign::Down, "the boot sector says: BOOTMGR is compressed"},
    {"NTLDR is missing", Sign::Down, "the boot sector says: NTLDR is missing"},
    {"A disk read error occurred", Sign::Down, "the boot sector says: A disk read error occurred"},
    {"Missing operating system", Sign::Down, "the boot sector says: Missing operating system"},
    {"Operating system not found", Sign::Down, "the boot sector says: Operating system not found"},
    {"Error loading operating system", Sign::Down,
     "the boot sector says: Error loading operating system"},
    {"Invalid partition table", Sign::Down, "the boot sector says: Invalid partition table"},
    {"This is not a bootable disk", Sign::Down,
     "the boot sector says: This is not a bootable disk"},
    // Boot loaders
    {"grub rescue>", Sign::Down, "GRUB has stopped at its rescue prompt"},
    {"GRUB Hard Disk Error", Sign::Down, "GRUB cannot read the rest of itself"},
    {"GRUB Read Error", Sign::Down, "GRUB cannot read the rest of itself"},
    {"GRUB Geom Error", Sign::Down, "GRUB cannot read the rest of itself"},
    {"Minimal BASH-like line editing", Sign::Down,
     "GRUB has found no menu and stopped at its prompt"},
    {"Windows failed to start", Sign::Down, "the loader of Windows says: Windows failed to start"},
    // Kernels and what they start first
    {"Kernel panic - not syncing", Sign::Down, "the kernel has given up (kernel panic)", true},
    {"(initramfs)", Sign::Down, "the root filesystem was not found: the shell of the initramfs"},
    {"dracut:/#", Sign::Down, "the root filesystem was not found: the emergency shell of dracut"},
    {"You are in emergency mode", Sign::Down, "the system has started into emergency mode"},
    {"You are in rescue mode", Sign::Down, "the system has started into rescue mode"},
    {"Give root password for maintenance", Sign::Down,
     "the system has stopped and wants to be repaired"},
    {"Cannot open access to console, the root account is locked", Sign::Down,
     "the system has stopped and wants to be repaired"},
    {"Please unlock disk", Sign::Asks, "it asks for the passphrase of an encrypted volume"},
    {"Please enter passphrase for disk", Sign::Asks,
     "it asks for the passphrase of an encrypted volume"},
    {"Enter passphrase for", Sign::Asks, "it asks for the passphrase of an encrypted volume"},
};

// A character that was not recognised is any, but not too many of them.
bool standsAt(std::string_view text, std::size_t at, std::string_view pattern) {
  std::size_t unknown = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (text[at + i] == pattern[i]) continue;
    if (text[at + i] != kUnknown || pattern[i] == ' ') return false;
    ++unknown;
  }
  return unknown * 3 <= pattern.size();
}

std::size_t findLast(std::string_view text, std::string_view pattern) {
  if (text.size() < pattern.size()) return text.npos;
  for (std::size_t at = text.size() - pattern.size() + 1; at-- > 0;) {
    if (standsAt(text, at, pattern)) return at;
  }
  return text.npos;
}

constexpr std::string_view kPrompt = " login:";

// A line "NAME login:", which is how every getty asks; what the kernel says later may follow it.
std::size_t findLogin(std::string_view text) {
  const std::size_t at = findLast(text, kPrompt);
  if (at == text.npos || at == 0) return text.npos;
  const std::size_t before = text.find_last_of('\n', at);
  const std::size_t line = before == text.npos ? 0 : before + 1;
  const std::string_view name = text.substr(line, at - line);
  const bool greeting = name == "Last";  // of a shell: "Last login: Tue Nov 24"
  return name.empty() || greeting || name.find(' ') != name.npos ? text.npos : line;
}

std::string promptAt(std::string_view text, std::size_t at) {
  const std::size_t end = text.find(' ', at) + kPrompt.size();
  return printable(text.substr(at, end - at));
}

// Past a control sequence that begins at `at`; whether it moves the cursor.
std::size_t pastSequence(std::string_view text, std::size_t at, bool& moves) {
  if (at + 1 >= text.size() || text[at + 1] != '[') return std::min(at + 2, text.size());
  std::size_t end = at + 2;
  while (end < text.size() && (text[end] < '@' || text[end] > '~')) ++end;
  if (end < text.size())
    moves = std::string_view("HfABEFJ").find(text[end]) != std::string_view::npos;
  return std::min(end + 1, text.size());
}

}  // namespace

std::string plainText(std::string_view console) {
  if (console.size() > kMostKept) console.remove_prefix(console.size() - kMostKept);
  std::string out;
  for (std::size_t at = 0; at < console.size();) {
    const char c = console[at];
    if (c == kEscape) {
      bool moves = false;
      at = pastSequence(console, at, moves);
      if (moves && !out.empty() && out.back() != '\n') out += '\n';
      continue;
    }
    if (c == '\n' || c == '\t' || (c >= ' ' && c <= '~')) out += c;
    ++at;
  }
  return out;
}

std::optional<Finding> findSign(const std::string& text) {
  std::optional<Finding> out;
  std::size_t last = 0;
  for (const Known& known : kKnown) {
    const std::size_t at = findLast(text, known.text);
    if (at == text.npos || (out && at < last)) continue;
    last = at;
    out = Finding{known.sign, known.what, known.atOnce};
  }
  const std::size_t login = findLogin(text);
  if (login != text.npos && (!out || login > last)) {
    out = Finding{Sign::Up, "a login prompt: '" + promptAt(text, login) + "'", true};
  }
  return out;
}

}  // namespace disktwin::machine
