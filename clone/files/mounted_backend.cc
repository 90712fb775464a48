#include "clone/files/mounted_backend.h"

#include "platform/error.h"

namespace disktwin::files {

Backend::Node MountedBackend::nodeOf(Node folder, const std::string& name) {
  const std::string& above = paths_.at(folder);
  paths_.push_back(above.empty() ? name : above + "/" + name);
  return paths_.size() - 1;
}

NodeInfo MountedBackend::info(Node node) {
  const auto info = volume_.info(paths_.at(node));
  if (!info) throw Error(ErrorKind::Failed, "file", "is gone");
  return *info;
}

void MountedBackend::list(Node folder, const Each& each) {
  // The nodes of what is listed are made as they are met; the path of the folder may move.
  const std::string path = paths_.at(folder);
  volume_.list(path, [&](const std::string& name, NodeType type) {
    each(name, nodeOf(folder, name), type);
  });
}

std::optional<Backend::Node> MountedBackend::find(Node folder, const std::string& name) {
  const std::string& above = paths_.at(folder);
  if (!volume_.info(above.empty() ? name : above + "/" + name)) return std::nullopt;
  return nodeOf(folder, name);
}

std::size_t MountedBackend::read(Node file, std::uint64_t offset, std::span<std::byte> out) {
  return volume_.read(paths_.at(file), offset, out);
}

std::string MountedBackend::readLink(Node link) {
  return volume_.readLink(paths_.at(link));
}

}  // namespace disktwin::files
