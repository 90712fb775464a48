// SOURCE[:PARTITION[/PATH]]: what lies inside of a disk, as a word of the command line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "cli/source.h"
#include "clone/files/file_tree.h"

namespace disktwin::cli {

struct Inside {
  std::string source;
  std::optional<std::uint32_t> partition;
  std::string path;  // below the volume's root, without a '/' at its ends; "" is the root
};

// A word that exists as a whole is a SOURCE; otherwise it ends at the last ":NUMBER" whose left
// side exists. Throws Error(Failed) for what does not exist.
Inside parseInside(const DeviceTree& tree, const std::string& word);

// The volume that is meant: the one with that number, or the only one where there is no table.
// Throws Error(Usage) that names those there are.
const plan::Volume& volumeOf(const Source& source, const Inside& inside);

// Its files. Throws Error(Failed) where they cannot be read.
std::unique_ptr<files::FileTree> openFiles(const Source& source, const plan::Volume& volume);

}  // namespace disktwin::cli
