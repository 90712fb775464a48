// A volume as the kernel shows it.
#pragma once

#include <string>
#include <vector>

#include "clone/files/backend.h"

namespace disktwin::files {

class MountedBackend final : public Backend {
 public:
  explicit MountedBackend(const MountedVolume& volume) : volume_(volume) { paths_.emplace_back(); }

  bool ignoresCase() const override { return false; }
  Node root() const override { return 0; }
  NodeInfo info(Node node) override;
  void list(Node folder, const Each& each) override;
  std::optional<Node> find(Node folder, const std::string& name) override;
  std::size_t read(Node file, std::uint64_t offset, std::span<std::byte> out) override;
  std::string readLink(Node link) override;

 private:
  Node nodeOf(Node folder, const std::string& name);

  const MountedVolume& volume_;
  std::vector<std::string> paths_;  // of each node
};

}  // namespace disktwin::files
