// A disk looked at as a whole: its table, and what is on each volume.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "clone/fs/filesystem.h"
#include "clone/io/block_reader.h"
#include "clone/plan/partition_types.h"
#include "clone/plan/system.h"
#include "clone/table/layout.h"
#include "platform/usage.h"

namespace disktwin::plan {

// A partition, or the whole of a disk that has no table.
struct Volume {
  std::uint32_t partition = 0;  // 0: the disk itself
  Extent bytes;                 // on the disk
  ReaderPtr reader;

  // By the best that is known: a reader of ours, else libblkid. Empty when nobody knows.
  std::string type;
  std::string label;
  std::string uuid;
  // The reader whose map is trusted; null when the volume has to be copied whole, and then `doubt`
  // says why, as a clause ("no filesystem that is known").
  std::shared_ptr<const fs::FileSystem> fs;
  std::string doubt;
  bool ambiguous = false;  // it bears the marks of several formats
  // Nothing better is to be expected (a BIOS boot partition): copied whole without a warning.
  bool opaque = false;

  PartitionType kind;  // what the table says it is
  Role role = Role::Data;
  std::string roleWhy;    // "partition type Linux swap", "mounted at /", clauses parted by "; "
  std::string device;     // its own node, when the disk is a device and the node exists
  std::vector<Use> uses;  // filled by addUsage()
};

struct Survey {
  ReaderPtr disk;
  table::Layout layout;         // kind None: one volume, the disk itself
  std::vector<Volume> volumes;  // containers are not volumes
  // Set when the disk as a whole bears a mark that its table does not explain (a RAID member): it
  // can only be copied as it stands.
  std::string wholeDiskMark;
  // In the order of their roots on the disk; found by system::findSystems(), which reads files.
  bool systemsSought = false;
  std::vector<System> systems;

  const Volume* find(std::uint32_t partition) const;
};

// Reads tables and superblocks, no allocation maps. Volumes that cannot be read get their doubt.
// Throws Error(Read) only when the table itself cannot be read.
Survey survey(const ReaderPtr& disk);

// Adds to each volume its node and who uses it, for a disk (or file) at `path`; a partition mounted
// as / or /boot then has its role from that.
void addUsage(Survey& survey, const DeviceTree& tree, const std::string& path);

}  // namespace disktwin::plan
