#include "cli/verbs.h"

namespace disktwin::cli {
namespace {

constexpr bool kIsJob = true;

}  // namespace

std::span<const Verb> verbs() {
  static const Verb all[] = {
      {"list",
       "[options]",
       "show every disk, its partitions and who uses them",
       "Shows every disk of this machine: name, model, serial number, size, bus, sector sizes and\n"
       "table, and for each partition its number, name, type, filesystem, label, size, used "
       "space,\n"
       "role and where it is mounted. Run it as root to see what is inside the disks. With "
       "--systems it\n"
       "reads a few files of each, in place, and names the operating systems.",
       {},
       &addListOptions,
       &runList},
      {"show",
       "SOURCE [options]",
       "show all about one disk, partition, raw file or image",
       "Shows one disk, partition or raw file in full: the operating systems on it and which\n"
       "partitions each of them needs, what every partition is for and why, identifiers, "
       "filesystems\n"
       "and their state, how much a clone would copy, and what is not healthy. To know the "
       "systems,\n"
       "a few files are read, in place and without a mount that shows; those of XFS and Btrfs "
       "take\n"
       "root. Of an image: where it came from, when, the\n"
       "layout of its disk, sizes and parent; of an encrypted one only what is public, unless the\n"
       "passphrase is given with --passphrase-file.",
       {"SOURCE"},
       &addShowOptions,
       &runShow},
      {"ls",
       "SOURCE[:PARTITION[/PATH]] [options]",
       "list the partitions of a disk or image, or the files on one of them",
       "Lists partitions, or what is in a folder of one of them, as in `ls disk.img.zst:2/etc`. "
       "Files are\n"
       "read in place, without a mount that shows, and out of images; those of XFS and Btrfs take "
       "root.\n"
       "Where there is no partition table, the number is left out or 0. A word that exists as a "
       "whole is\n"
       "a SOURCE, whatever colons it has.",
       {"SOURCE"},
       &addLsOptions,
       &runLs},
      {"extract",
       "SOURCE:PARTITION/PATH... -o FOLDER [options]",
       "take files and folders out of a disk or image",
       "Puts files, or folders with all that is in them, into FOLDER, under their own names; of a "
       "whole\n"
       "partition (`disk.img.zst:2/`) what is in it. Permissions and times stay; they belong to "
       "who runs\n"
       "this. What exists in FOLDER is not replaced, and nothing is written outside of it. Ends "
       "with 4\n"
       "when something had to be left out (devices, what cannot be read), and names it.",
       {"SOURCE:PARTITION/PATH..."},
       &addExtractOptions,
       &runExtract,
       kIsJob},
      {"clone",
       "SOURCE TARGET [options]",
       "copy a disk onto another disk, partition or file",
       "Copies the partition table, what boots the machine and the used blocks of every "
       "filesystem.\n"
       "What no reader knows is copied whole. A TARGET file that does not exist is created, "
       "sparse,\n"
       "with the source's size or --target-size; an existing file is a disk of fixed size.\n"
       "On a target of another size, file systems that can are made smaller or larger (--fit).\n"
       "With --partitions onto a disk, the new table holds those alone, with their numbers; onto "
       "a\n"
       "partition, one number is given and that partition is overwritten.\n"
       "The table is written last: a clone that was interrupted never looks finished.\n"
       "The copy has the identifiers of the original, so the two do not belong into one machine; "
       "with\n"
       "--new-ids it has its own. That is refused for Windows, and the plan names what cannot "
       "follow.",
       {"SOURCE", "TARGET"},
       &addCloneOptions,
       &runClone,
       kIsJob},
      {"capture",
       "SOURCE IMAGE [options]",
       "save a disk to an image file",
       "Saves what a clone would copy to an image: a plain .zst of the disk with everything else "
       "in\n"
       "frames that other programs skip, so that `zstd -dc IMAGE` gives the raw disk. IMAGE - is\n"
       "standard output. With --parent, only what has changed since that image is stored; such an\n"
       "image, and an encrypted one, can only be read by this program.\n"
       "IMAGE has its name only when it is finished; until then it is IMAGE.partial, and --resume "
       "goes\n"
       "on with it.",
       {"SOURCE", "IMAGE"},
       &addCaptureOptions,
       &runCapture,
       kIsJob},
      {"restore",
       "IMAGE TARGET [options]",
       "write the disk in an image onto a disk, partition or file",
       "The reverse of capture. IMAGE may also be a .zst of a disk that another program has made, "
       "or a\n"
       "raw image; IMAGE - is standard input. Everything that `clone` says of a TARGET goes here "
       "too.\n"
       "An image of several volumes is named without its number or by its first volume. An\n"
       "incremental one finds its parents beside it, or where they were when it was made.",
       {"IMAGE", "TARGET"},
       &addRestoreOptions,
       &runRestore,
       kIsJob},
      {"verify",
       "IMAGE [options]",
       "check every byte of an image, and that nothing is missing in it",
       "Checks every frame, every hash and every parent of an image; then opens the filesystems in "
       "it\n"
       "and checks that every block that they refer to is there. Names the partitions and bytes "
       "that\n"
       "are damaged. IMAGE - is standard input (the filesystems are then not looked at).",
       {"IMAGE"},
       &addVerifyOptions,
       &runVerify,
       kIsJob},
      {"merge",
       "IMAGE OUT [options]",
       "make one full image of an incremental one and its parents",
       "Writes a full image of the disk that an incremental image and its parents hold together.",
       {"IMAGE", "OUT"},
       &addMergeOptions,
       &runMerge,
       kIsJob},
      {"compare",
       "A B [options]",
       "check that B holds everything that a clone of A would copy",
       "Reads both and tells whether everything that a clone would copy from A stands in B; ends "
       "with\n"
       "5 and names the places where it does not. Each may be an image.",
       {"A", "B"},
       &addCompareOptions,
       &runCompare,
       kIsJob},
      {"boot",
       "DISK [options]",
       "start the system on a disk or image in a virtual machine, and say whether it comes up",
       "Starts the system on a disk, raw file or image of this program in a virtual machine (QEMU) "
       "and\n"
       "watches it. Nothing is written to the disk or image: what the machine writes goes to a\n"
       "temporary file that is gone afterwards. The machine has no network, so that a copy of a "
       "server\n"
       "does not do its work a second time. It has come up when it asks for a login, or shuts down "
       "when\n"
       "its power button is pressed, which is done once it is idle; it has not when the firmware "
       "finds\n"
       "nothing to start, a boot loader, kernel or system stops at a prompt, or it starts over and "
       "over.\n"
       "Ends with 0, 6 (it did not come up) or 7 (cannot tell).",
       {"DISK"},
       &addBootOptions,
       &runBoot,
       kIsJob},
  };
  return all;
}

const Verb* findVerb(const std::string& name) {
  for (const Verb& verb : verbs()) {
    if (name == verb.name) return &verb;
  }
  return nullptr;
}

}  // namespace disktwin::cli
