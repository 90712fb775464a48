#include "cli/verbs.h"

namespace disktwin::cli {

std::span<const Verb> verbs() {
  static const Verb all[] = {
      {"list",
       "[options]",
       "show every disk, its partitions and who uses them",
       "Shows every disk of this machine: name, model, serial number, size, bus, sector sizes and\n"
       "table, and for each partition its number, name, type, filesystem, label, size, used "
       "space,\n"
       "role and where it is mounted. Run it as root to see what is inside the disks.",
       {},
       &addListOptions,
       &runList},
      {"show",
       "SOURCE [options]",
       "show all about one disk, partition or raw file",
       "Shows one disk, partition or raw file in full: identifiers, filesystems and their state, "
       "how\n"
       "much a clone would copy, and what is not healthy.",
       {"SOURCE"},
       &addShowOptions,
       &runShow},
      {"clone",
       "SOURCE TARGET [options]",
       "copy a disk onto another disk, partition or file",
       "Copies the partition table, what boots the machine and the used blocks of every "
       "filesystem.\n"
       "What no reader knows is copied whole. A TARGET file that does not exist is created, "
       "sparse,\n"
       "with the source's size or --target-size; an existing file is a disk of fixed size.\n"
       "The target must be large enough for the partitions as they stand.\n"
       "With --partitions onto a disk, the new table holds those alone, with their numbers; onto "
       "a\n"
       "partition, one number is given and that partition is overwritten.\n"
       "The table is written last: a clone that was interrupted never looks finished.",
       {"SOURCE", "TARGET"},
       &addCloneOptions,
       &runClone},
      {"compare",
       "A B [options]",
       "check that B holds everything that a clone of A would copy",
       "Reads both and tells whether everything that a clone would copy from A stands in B; ends "
       "with\n"
       "5 and names the places where it does not.",
       {"A", "B"},
       &addCompareOptions,
       &runCompare},
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
