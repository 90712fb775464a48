// Everything that the files of a volume are, to be held against another volume's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "clone/files/file_tree.h"
#include "platform/file.h"

namespace disktwin::files {

struct ManifestEntry {
  std::string path;  // "etc/fstab"; empty: the root
  NodeInfo info;
  std::string link;     // where a link leads
  Hash128 content;      // of a regular file
  Hash128 extras;       // of extended attributes and streams
  std::string unknown;  // why something of it cannot be read; empty when all is known
};

// All entries of a tree, each folder before what is in it, names in the order of their bytes. They
// lie in a temporary file without a name, about 200 bytes each. Not thread-safe.
class Manifest {
 public:
  // Reads all files, and calls progress(bytes) as it does. What cannot be read is noted in its
  // entry. Throws Error(Cancelled), Error(Read) when the medium fails, Error(Failed) when the
  // tree's child does.
  Manifest(FileTree& tree, const std::function<void(std::uint64_t)>& progress);

  // One entry after the other; nullopt at the end.
  std::optional<ManifestEntry> next();

 private:
  void addContent(const std::string& path, const std::vector<Described>& content);
  void addEntry(const std::string& path, const Described& described);
  void look(const Described& described, ManifestEntry& entry);
  Hash128 contentOf(std::uint64_t file);
  void append(const ManifestEntry& entry);
  void flush();

  FileTree* tree_;
  std::function<void(std::uint64_t)> progress_;
  std::set<std::uint64_t> folders_;  // none is gone into twice, whatever the volume says
  File file_;
  std::vector<std::byte> buffer_;  // goes to the end of the file
  std::uint64_t end_ = 0;
  std::uint64_t readAt_ = 0;
};

// The order of a manifest: as if '/' came before all that a name can hold.
bool comesBefore(const std::string& a, const std::string& b);

}  // namespace disktwin::files
