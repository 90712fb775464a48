// What a child needs to know of a volume to answer for its files: one class for each way to read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "clone/io/hash.h"
#include "platform/mounted_volume.h"

namespace disktwin::files {

// Of bytes that are tried, not all may be wanted: that they cannot be read is no error of a medium.
enum class Need { Wanted, Tried };
// Fills the span with what a volume has from that offset on; false when it cannot.
using ReadBytes = std::function<bool(std::uint64_t offset, std::span<std::byte> out, Need need)>;

// Names and contents that a filesystem keeps encrypted (ext): not to be had, or as they are stored.
enum class Encrypted { Refused, AsStored };

// Lives in the child, one thread. Whatever is wrong is an Error; a crash is caught by the parent.
class Backend {
 public:
  using Node = std::uint64_t;
  using Each = std::function<void(const std::string& name, Node node, NodeType type)>;

  virtual ~Backend() = default;
  virtual bool ignoresCase() const = 0;
  virtual Node root() const = 0;
  virtual NodeInfo info(Node node) = 0;
  // Names in use only, without "." and "..", and without what the format itself hides. A type may
  // be Other where only info() knows it.
  virtual void list(Node folder, const Each& each) = 0;
  // The exact name; nullopt when a folder has none such. May find a name that differs in case where
  // that is ignored. The default remembers what list() said of the folders that were asked last.
  virtual std::optional<Node> find(Node folder, const std::string& name);
  // How much was read; less than asked for only at the end.
  virtual std::size_t read(Node file, std::uint64_t offset, std::span<std::byte> out) = 0;
  virtual std::string readLink(Node link) = 0;
  // Over the extended attributes or named streams of a file or folder, in the order of their names;
  // of nothing when it has none.
  virtual Hash128 hashExtras(Node node) = 0;

 private:
  struct Remembered {
    Node folder = 0;
    std::unordered_map<std::string, Node> names;
    std::unordered_map<std::string, Node> lowerNames;  // only where case is ignored
  };
  const Remembered& remember(Node folder);
  void forgetSome();

  std::list<Remembered> remembered_;  // what was asked last is in front
};

// One hash over several, by their names.
Hash128 hashOfNamed(const std::map<std::string, Hash128>& all);

// Whether two names are the same but for the case of ASCII letters.
bool sameButForCase(const std::string& a, const std::string& b);

}  // namespace disktwin::files
