// What a filesystem reader has to do: name a volume, say how it is, and which bytes of it matter.
//
// A reader lives in a folder of its own, clone/fs/<name>/, and exports one function,
//     std::unique_ptr<FileSystem> disktwin::fs::<name>::open(ReaderPtr volume);
// The build finds the folder and adds it to the registry; nothing else has to be edited. Its tests
// and fixtures lie in tests/fs/<name>/.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "clone/io/block_reader.h"
#include "clone/io/extent_set.h"

namespace disktwin::fs {

enum class VolumeState {
  Clean,
  Dirty,          // not unmounted cleanly, or errors are recorded: wants a check
  NeedsRecovery,  // a journal has to be replayed
  Hibernated,     // a sleeping system still has it in memory
  Unknown,        // the format does not say
};

// "clean", "dirty", "needs recovery", "hibernated", "unknown": part of the JSON protocol.
const char* stateName(VolumeState state);
// The reverse; Unknown for anything else.
VolumeState volumeState(const std::string& name);

struct InnerVolume;

struct VolumeInfo {
  std::string type;             // as libblkid names it: "ext4", "ntfs", "vfat", "exfat", "swap"
  std::string label;            // UTF-8
  std::string uuid;             // as under /dev/disk/by-uuid; empty when the format has none
  std::uint32_t blockSize = 0;  // allocation unit (block, cluster, page) in bytes
  std::uint64_t size = 0;       // bytes of the volume that the filesystem lays claim to
  std::uint64_t used = 0;       // bytes in use, by its own count
  VolumeState state = VolumeState::Unknown;
  std::vector<std::string> notes;  // anything a careful user wants to hear, a sentence each
  // What everybody has to hear before copying it, a sentence each (one device of several).
  std::vector<std::string> warnings;
  std::vector<InnerVolume> inner;  // of what holds volumes itself: LVM's logical volumes
};

// A volume that lies inside another one.
struct InnerVolume {
  std::string name;      // "group/root"
  std::string kind;      // how it is laid out: "linear", "striped", "thin pool"
  std::uint64_t size{};  // bytes
  VolumeInfo content;    // as far as it is known; without a type when nobody knows
  // Why all that belongs to it is copied, as a clause like UsedMap::whyWhole; empty when only what
  // is used is.
  std::string whyWhole;
};

// Which bytes a copy needs for everything of the filesystem to be there.
struct UsedMap {
  // Offsets from the start of the volume, inside the volume. May hold more than needed, never less.
  ExtentSet extents;
  // Empty when the map is proven complete. Otherwise the reason why not, as a clause that can
  // follow "copied whole: " ("unknown incompatible feature 0x8000"); `extents` is then the whole
  // volume.
  std::string whyWhole;
  // What is not copied, but must read as zeroes on the copy: the filesystem has recorded that it is
  // (inode tables that were cleared and never used). Disjoint from `extents`. Not verified.
  ExtentSet zeroes{};
  // Where a complete map holds clearly more than what is in use: what, and why, a sentence each.
  std::vector<std::string> remarks{};

  static UsedMap whole(const BlockReader& volume, std::string why);
};

// Bytes of a volume that are to be others in the copy.
struct Patch {
  std::uint64_t offset = 0;
  std::vector<std::byte> bytes;
};

// An opened volume. Immutable: members may be called from several threads at once.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual const VolumeInfo& info() const = 0;

  // Reads the allocation metadata. Damaged or unknown metadata gives UsedMap::whole() with the
  // reason. Time and memory are bounded by the volume's true size, not by numbers found on it.
  // Throws only Error(Read), when the medium fails.
  virtual UsedMap used() const = 0;

  // Every place by which a tool may recognise this filesystem: the boot sector or superblock and
  // all their copies, as extents inside the volume. They are wiped before a copy and written last.
  // May leave out places in the first MiB of the volume, which is always treated so.
  virtual ExtentSet signatures() const = 0;

  // Contents that the system makes anew whenever it starts: page files, hibernation images, swap
  // space behind its header. Offsets inside the volume; only bytes that belong to them alone, so
  // that they can be left out of a copy when the user asks for that. Nothing when in doubt. Throws
  // only Error(Read).
  virtual ExtentSet pageFiles() const { return {}; }

  // What has to change in a copy whose partition begins at byte `to` of its disk, where this one's
  // begins at `from`: boot code goes by what the volume says of that. Nothing when it says
  // something else now. Throws only Error(Read).
  virtual std::vector<Patch> whenMoved(std::uint64_t from, std::uint64_t to) const {
    static_cast<void>(from);
    static_cast<void>(to);
    return {};
  }

  // What info().inner[index] is read by, so that its files can be looked at: null where it cannot
  // be put together from this volume alone. `fs` is null when nothing is known of its content.
  // Throws only Error(Read).
  struct Inside {
    ReaderPtr reader;
    std::shared_ptr<const FileSystem> fs;
  };
  virtual Inside inside(std::size_t index) const;
};

// Contract of every reader's open():
// - nullptr when the volume does not bear the filesystem's signature;
// - otherwise an object, however broken the rest is: used() then tells why the map is not complete;
// - never throws for what the bytes say, only Error(Read) when the medium fails;
// - reads little: it is called for every partition whenever disks are listed.
using Opener = std::unique_ptr<FileSystem> (*)(ReaderPtr volume);

}  // namespace disktwin::fs
