#include "clone/files/mounted_backend.h"

#include <map>

#include "platform/error.h"

namespace disktwin::files {

Backend::Node MountedBackend::nodeOf(Node folder, const std::string& name) {
  nodes_.push_back({folder, name});
  return nodes_.size() - 1;
}

std::string MountedBackend::pathOf(Node node) const {
  std::string out;
  while (node != 0) {
    const Known& known = nodes_.at(node);
    out = out.empty() ? known.name : known.name + "/" + out;
    node = known.above;
  }
  return out;
}

NodeInfo MountedBackend::info(Node node) {
  const auto info = volume_.info(pathOf(node));
  if (!info) throw Error(ErrorKind::Failed, "file", "is gone");
  return *info;
}

void MountedBackend::list(Node folder, const Each& each) {
  volume_.list(pathOf(folder), [&](const std::string& name, NodeType type) {
    each(name, nodeOf(folder, name), type);
  });
}

std::optional<Backend::Node> MountedBackend::find(Node folder, const std::string& name) {
  const std::string above = pathOf(folder);
  if (!volume_.info(above.empty() ? name : above + "/" + name)) return std::nullopt;
  return nodeOf(folder, name);
}

std::size_t MountedBackend::read(Node file, std::uint64_t offset, std::span<std::byte> out) {
  return volume_.read(pathOf(file), offset, out);
}

std::string MountedBackend::readLink(Node link) {
  return volume_.readLink(pathOf(link));
}

Hash128 MountedBackend::hashExtras(Node node) {
  std::map<std::string, Hash128> all;
  volume_.attributes(pathOf(node), [&](const std::string& name, std::span<const std::byte> value) {
    all[name] = hashOf(value);
  });
  return hashOfNamed(all);
}

}  // namespace disktwin::files
