// Filesystems that can be given another size or another UUID, each by its own tools.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clone/fs/filesystem.h"
#include "clone/io/block_reader.h"

namespace disktwin::reshape {

// One filesystem's way. Has no state: members may be called from several threads at once.
class Reshaper {
 public:
  virtual ~Reshaper() = default;

  // Why this volume cannot be made smaller, or larger, as a clause; empty when it can. Reads
  // little.
  virtual std::string whyNotShrink(const ReaderPtr& volume, const fs::VolumeInfo& info) const = 0;
  virtual std::string whyNotGrow(const ReaderPtr& volume, const fs::VolumeInfo& info) const = 0;

  // Whether whyNotGrow() goes by `info` alone, and a clean volume for which it has nothing to say
  // can be made larger without having been tried.
  virtual bool growsUnseen() const { return false; }

  // The least it can be made, in bytes, as its tools say. They work on a view of the volume in
  // which their writes go nowhere. Throws Error(Refused) when they do not want to touch it.
  virtual std::uint64_t minimum(const ReaderPtr& volume, const fs::VolumeInfo& info) const = 0;

  // Brings the filesystem in the file from the size it has to `size` bytes, on which the file may
  // go on. Throws Error(Failed) with the tool's last words.
  virtual void resize(const std::string& file, const fs::VolumeInfo& info,
                      std::uint64_t size) const = 0;

  // Whether the only way to make one smaller is to make it anew: refill() does that, and resize()
  // is only asked to enlarge.
  virtual bool isRefilledToShrink() const { return false; }
  // Makes the filesystem in the file `source` anew, in the file `file`, which reads as zeroes, with
  // `size` bytes: same identity, same features, same files. `source` may be written to; nothing of
  // that is kept. Throws Error(Failed) with the tool's last words.
  virtual void refill(const std::string& source, const fs::VolumeInfo& info,
                      const std::string& file, std::uint64_t size) const;

  // Why a file of the volume cannot be given another content of `size` bytes, as a clause; empty
  // when it can. Of FAT the file may also be one that is not there yet. Where the kernel does it,
  // the file has to hold `before` once the log has been replayed: who read it without may have seen
  // an older one.
  virtual std::string whyNotEdit(const ReaderPtr& volume, const fs::VolumeInfo& info,
                                 const std::string& path, const std::string& before,
                                 std::size_t size) const;
  // Does it to the filesystem in the file. All else of the file stays: owner, mode, times, extended
  // attributes. Throws Error(Failed).
  virtual void edit(const std::string& file, const fs::VolumeInfo& info, const std::string& path,
                    const std::string& before, const std::string& content) const;

  // Why the volume cannot be given the UUID or serial number `uuid`, a text in the form of
  // VolumeInfo::uuid, as a clause; empty when it can.
  virtual std::string whyNotRenew(const ReaderPtr& volume, const fs::VolumeInfo& info,
                                  const std::string& uuid) const;
  // Does it to the filesystem in the file. Throws Error(Failed).
  virtual void renew(const std::string& file, const fs::VolumeInfo& info,
                     const std::string& uuid) const;

  // What the user should know before it is made smaller or larger, a sentence; may be empty.
  virtual std::string note(const fs::VolumeInfo& info, bool smaller) const = 0;
};

// By VolumeInfo::type; null when no way is known.
const Reshaper* reshaperFor(const std::string& type);

// Why there is none, as a clause that says what would help.
std::string whyNoWay(const std::string& type);

// Why it keeps its UUID, likewise.
std::string whyNotRenewed(const std::string& type);

// The programs that are missing, as a clause that names the package; empty when all are there.
std::string missing(const std::vector<std::string>& programs, const std::string& package);

// Runs a program on the file; its exit status must be one of `good`. Throws Error(Failed) with what
// it said last.
std::string runTool(const std::vector<std::string>& words, const std::vector<int>& good,
                    const std::string& input = {});

// The number that stands behind `lead` in what a tool has said; 0 when there is none.
std::uint64_t numberBehind(std::string_view lead, const std::string& output);

}  // namespace disktwin::reshape
