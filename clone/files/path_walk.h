// Finding the node that a path leads to.
#pragma once

#include <optional>
#include <string>

#include "clone/files/backend.h"

namespace disktwin::files {

// Components are parted by '/'; empty ones and "." are passed over. ".." and links lead where they
// would if the volume's root were the root of all: never out of it. A link at the path's end is
// followed when `follow` says so. Nullopt when there is nothing of that name; throws Error(Invalid)
// for links that go in circles.
std::optional<Backend::Node> walk(Backend& backend, const std::string& path, bool follow);

}  // namespace disktwin::files
