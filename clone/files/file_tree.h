// The files inside a volume, without mounting it where anybody could see it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clone/files/shown_volume.h"
#include "clone/io/block_reader.h"
#include "clone/io/hash.h"
#include "platform/confined_process.h"
#include "platform/error.h"
#include "platform/mounted_volume.h"

namespace disktwin::files {

// Deeper than any folder that people make, for who goes down: a damaged volume may lead in circles.
inline constexpr unsigned kDeepestFolder = 256;
// More than any folder has; a child that has gone mad could go on for ever.
inline constexpr std::size_t kMostEntries = 1U << 24;

struct Entry {
  std::string name;  // bytes as they stand on disk; UTF-8 of NTFS, FAT and exFAT
  NodeType type = NodeType::Other;
};

// Of a folder's entry all that it is.
struct Described {
  std::string name;              // of what was found by a path, none
  std::uint64_t node = 0;        // by which the child knows it
  std::optional<NodeInfo> info;  // nullopt: it cannot be looked at
  std::string whyNot;            // without info: the reason
};

// Reads through a child process, which alone touches the structures of the filesystem. Nothing that
// a volume holds can harm this process: what a child says is checked, and it has limits of time and
// memory. Paths are relative to the volume's root, parted by '/', with or without one in front;
// links inside of the volume are followed, and never lead out of it.
//
// Not thread-safe. Lives no longer than the thread that opened it. Every member throws
// Error(Failed) or Error(Invalid), with the volume as subject, for what cannot be read and for a
// child that crashed, hung or lied; Error(Read) when the medium fails; Error(Cancelled). After a
// crash every further call fails, too.
class FileTree {
 public:
  // Fails like the other members when the child cannot open the volume. Does not take over `reader`
  // before that. `shown` is the file in which the child has the volume, if it has it in one of
  // ours.
  FileTree(ReaderPtr reader, std::unique_ptr<ConfinedProcess> child,
           std::unique_ptr<ShownVolume> shown = nullptr);

  // Names are found whatever the case of their ASCII letters is (NTFS, FAT, exFAT).
  bool ignoresCase() const { return ignoresCase_; }

  // Nullopt when there is nothing of that name. Of a link, what it leads to.
  std::optional<NodeInfo> stat(const std::string& path);
  std::optional<NodeInfo> statLink(const std::string& path);
  bool isFile(const std::string& path);
  bool isFolder(const std::string& path);

  // Calls each(entry) for what is in a folder, in no order and without "." and "..", until it
  // returns false.
  void list(const std::string& folder, const std::function<bool(const Entry&)>& each);
  // The first `most` of them, sorted by name; nothing for what is no folder.
  std::vector<Entry> listSome(const std::string& folder, std::size_t most);

  // Fills `out` from `offset` (bytes) on; what is returned is less only at the end of the file.
  std::size_t read(const std::string& path, std::uint64_t offset, std::span<std::byte> out);
  // All of a file of at most `most` bytes; nullopt when there is none of that name, or it is larger
  // or not a regular file.
  std::optional<std::string> readText(const std::string& path, std::size_t most);
  std::string readLink(const std::string& path);

  // For who looks at much. Nodes are those that these have given. find() follows links as stat()
  // does, the others follow none.
  std::optional<Described> find(const std::string& path);
  std::optional<Described> findLink(const std::string& path);
  std::vector<Described> describe(std::uint64_t folder);  // sorted by name
  // Of at most `length` bytes from `offset` on.
  struct PartHash {
    std::uint64_t length = 0;  // less only at the end of the file
    Hash128 hash;
  };
  PartHash hash(std::uint64_t file, std::uint64_t offset, std::uint64_t length);
  // Over extended attributes (where the kernel reads) and named streams (NTFS).
  Hash128 hashExtras(std::uint64_t node);
  std::string readLink(std::uint64_t link);
  std::size_t read(std::uint64_t file, std::uint64_t offset, std::span<std::byte> out);

  // Nothing more can be had: the child has crashed, or hung, or lied.
  bool isBroken() const { return broken_; }

  // For one request, however much it takes to answer it.
  void setPatience(std::chrono::milliseconds patience) { patience_ = patience; }

 private:
  std::vector<std::byte> ask(std::uint64_t operation, const std::string& path, std::uint64_t node,
                             std::uint64_t offset, std::uint64_t length);
  Message hear();
  void give(const Message& request, ConfinedProcess::Deadline deadline);
  std::optional<Described> findAs(const std::string& path, bool follow);
  std::size_t readAs(std::uint64_t operation, const std::string& path, std::uint64_t node,
                     std::uint64_t offset, std::span<std::byte> out);

  ReaderPtr reader_;
  std::unique_ptr<ShownVolume> shown_;  // null: the child asks for bytes, or has the file itself
  std::unique_ptr<ConfinedProcess> child_;  // goes first: it has the shown file open
  std::chrono::milliseconds patience_{std::chrono::seconds(60)};
  bool ignoresCase_ = false;
  bool broken_ = false;
  std::optional<Error> readError_;
};

}  // namespace disktwin::files
