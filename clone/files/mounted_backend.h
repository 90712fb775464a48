// A volume as the kernel shows it.
#pragma once

#include <string>
#include <vector>

#include "clone/files/backend.h"

namespace disktwin::files {

class MountedBackend final : public Backend {
 public:
  explicit MountedBackend(const MountedVolume& volume) : volume_(volume) { nodes_.push_back({}); }

  bool ignoresCase() const override { return false; }
  Node root() const override { return 0; }
  NodeInfo info(Node node) override;
  void list(Node folder, const Each& each) override;
  std::optional<Node> find(Node folder, const std::string& name) override;
  std::size_t read(Node file, std::uint64_t offset, std::span<std::byte> out) override;
  std::string readLink(Node link) override;
  Hash128 hashExtras(Node node) override;

 private:
  struct Known {
    Node above = 0;
    std::string name;
  };
  Node nodeOf(Node folder, const std::string& name);
  std::string pathOf(Node node) const;

  const MountedVolume& volume_;
  std::vector<Known> nodes_;  // by number; the root's is its own parent
};

}  // namespace disktwin::files
