// Disks, partitions and images as the command-line program describes them (docs/protocol.md,
// "Endpoint" and "Content"). Plain values; all sizes and offsets in bytes.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace disktwin::gui {

struct Partition {
  std::uint32_t number = 0;  // 0: the whole of a disk without a table
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::string device;  // its node, may be empty
  std::string role;    // "EFI system", "OS", ...; as the protocol names it
  std::string name;    // GPT's, may be empty
  std::string typeName;
  std::string filesystem;  // "ext4"; empty: none is known
  std::string label;
  std::string state;                  // "clean", "dirty", ...; may be empty
  std::optional<std::uint64_t> used;  // where a reader knows it
  std::vector<std::string> mountedAt;
  bool isWritten = false;           // one of these mounts is for writing
  std::vector<std::string> usedBy;  // other uses: "swap", "part of a volume group"

  // What to call it: its label, its name, or what its type means.
  std::string title() const;
};

struct System {
  std::uint32_t number = 0;
  std::string kind;  // "linux", "windows"
  std::string name;
  std::string version;
  std::string where;
  std::vector<std::uint32_t> partitions;
};

enum class DiskKind { Disk, Partition, File, Image };

struct Disk {
  DiskKind kind = DiskKind::Disk;
  std::string path;
  std::string realPath;  // where that leads, may be empty
  std::string byId;      // below /dev/disk/by-id, may be empty
  std::string model;
  std::string serial;
  std::string bus;
  std::uint64_t size = 0;
  std::uint32_t sectorSize = 0;
  bool readOnly = false;
  bool removable = false;
  bool rotational = false;
  bool isNew = false;  // a file that does not exist yet
  std::string table;   // "gpt", "mbr", "none"; empty: not looked into
  std::vector<Partition> partitions;
  bool systemsSought = false;  // somebody has looked for systems
  std::vector<System> systems;
  std::string unreadable;  // why it could not be looked into, may be empty

  // How it is named on a command line: what stays the same when disks change places.
  const std::string& stableName() const { return byId.empty() ? path : byId; }
  // How people know it: "/dev/sda".
  const std::string& shortName() const { return realPath.empty() ? path : realPath; }
  // "Samsung SSD 870 EVO", or the path where no model is known.
  std::string title() const;
  // The same where there is little room: files by their names alone.
  std::string briefTitle() const;
};

// What a path ends with: "laptop.img".
std::string nameOf(const std::string& path);

// What a path leads to. What is not there is taken for a device below /dev (but for /dev/shm).
DiskKind kindOf(const std::string& path);

// Missing fields are left at their defaults; of wrong types too.
Partition partitionFrom(const nlohmann::json& fields);
Disk diskFrom(const nlohmann::json& fields);
std::vector<Disk> disksFrom(const nlohmann::json& event);  // of a `disks` event

}  // namespace disktwin::gui
