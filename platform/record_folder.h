// A folder in which jobs leave word of themselves for others of the same user to find.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace disktwin {

// A file that only grows, by whole lines. Not thread-safe.
class GrowingFile {
 public:
  explicit GrowingFile(int descriptor) : descriptor_(descriptor) {}
  ~GrowingFile();
  GrowingFile(const GrowingFile&) = delete;
  GrowingFile& operator=(const GrowingFile&) = delete;

  // Adds a line and its end. Empty, or why it could not be added; nothing of it is there then.
  std::string add(std::string_view line);

 private:
  int descriptor_;  // owned
};

// A socket that listens, for CommandServer.
class ListeningSocket {
 public:
  explicit ListeningSocket(int descriptor) : descriptor_(descriptor) {}
  ~ListeningSocket();
  ListeningSocket(const ListeningSocket&) = delete;
  ListeningSocket& operator=(const ListeningSocket&) = delete;

  // For the platform only.
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;  // owned
};

// All names are single ones, of what lies in the folder itself; no link is followed. Users are
// numbers as the system has them. Not thread-safe. Members throw Error(Failed) with the folder as
// subject.
class RecordFolder {
 public:
  // Made when it is not there, with those above it. `isShared`: everybody may look into it, and
  // into those above that are made; otherwise only who owns them. Throws also when it, or when it
  // is shared any folder above it, belongs to another user or can be written to by others.
  RecordFolder(std::string path, bool isShared);
  ~RecordFolder();
  RecordFolder(const RecordFolder&) = delete;
  RecordFolder& operator=(const RecordFolder&) = delete;

  const std::string& path() const { return path_; }

  // A new file that only `owner` can read and write.
  std::unique_ptr<GrowingFile> create(const std::string& name, std::uint32_t owner);
  // A socket that only `owner` can connect to. Its path may be longer than the system's own calls
  // allow.
  std::unique_ptr<ListeningSocket> listen(const std::string& name, std::uint32_t owner);

  struct Entry {
    std::string name;
    std::uint32_t owner;
    bool isSocket;  // otherwise a regular file; other things are not named
  };
  std::vector<Entry> entries() const;  // by name
  // Whether somebody listens at that socket.
  bool answers(const std::string& socket) const;
  // Does not throw.
  void remove(const std::string& name) noexcept;

 private:
  std::string path_;
  int folder_;  // owned
};

}  // namespace disktwin
