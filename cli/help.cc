#include "cli/help.h"

#include <fmt/format.h>

#include <sstream>

namespace disktwin::cli {
namespace {

constexpr const char* kExitCodes =
    "Exit codes:\n"
    "  0    done\n"
    "  1    failed (a read or write error too)\n"
    "  2    wrong usage\n"
    "  3    refused for safety; nothing was written\n"
    "  4    done, but with losses (restore --salvage, extract)\n"
    "  5    data does not match, or is damaged\n"
    "  6    boot: the system did not come up\n"
    "  7    boot: cannot tell whether it came up\n"
    "  130  cancelled\n";

}  // namespace

std::string versionText() {
  return fmt::format("disktwin {}", DISKTWIN_VERSION);
}

std::string generalHelp() {
  std::string out =
      "disktwin clones disks: partition table, boot areas and the used blocks of every "
      "filesystem.\n"
      "The source is only ever read. Nothing is written before the plan has been shown and "
      "confirmed.\n"
      "\nUsage: disktwin VERB ...\n\n";
  for (const Verb& verb : verbs()) out += fmt::format("  {:<10} {}\n", verb.name, verb.summary);
  out +=
      "  help       this text, or `disktwin help VERB` for one verb\n"
      "\nSOURCE and TARGET are disks or partitions (/dev/sdb, /dev/disk/by-id/...) or files that "
      "hold "
      "a\nraw disk or one filesystem; a SOURCE may be an image as well.\n"
      "\nA first clone:\n"
      "  disktwin list                              find the names of the disks\n"
      "  disktwin clone --dry-run /dev/sda /dev/sdb see what would happen\n"
      "  disktwin clone --verify /dev/sda /dev/sdb  do it, and read it all back\n"
      "\nA first image:\n"
      "  disktwin capture /dev/sda disk.img.zst     save it\n"
      "  disktwin verify disk.img.zst               check all of it\n"
      "  disktwin restore disk.img.zst /dev/sdb     put it onto another disk\n"
      "  disktwin boot disk.img.zst                 see whether the system in it starts\n\n";
  return out + kExitCodes;
}

std::string verbHelp(const Verb& verb) {
  Options options("Options", 100);
  verb.addOptions(options);
  addCommonOptions(options);
  std::ostringstream out;
  out << fmt::format("Usage: disktwin {} {}\n\n{}\n\n", verb.name, verb.synopsis, verb.about)
      << options << "\n"
      << kExitCodes;
  return out.str();
}

}  // namespace disktwin::cli
