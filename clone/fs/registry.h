// Every filesystem reader there is, and the question "what is on this volume?".
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "clone/fs/filesystem.h"

namespace disktwin::fs {

struct Registered {
  const char* folder;  // "ext", "ntfs", ...
  Opener open;
};

// Made by the build from the folders below clone/fs/, in alphabetical order.
std::span<const Registered> readers();

struct Recognised {
  // The one reader that knows the volume; null when none does, or more than one.
  std::unique_ptr<FileSystem> fs;
  // More than one reader found its signature: a leftover of an earlier filesystem beside the
  // present one. Nobody can tell which is which by looking, so none of them is trusted.
  std::vector<std::string> ambiguous;
};

// Throws only Error(Read). A reader whose volumes hold volumes asks for those inside with its own
// folder as `without`, so that nothing can lie inside itself.
Recognised recognise(const ReaderPtr& volume, std::string_view without = {});

}  // namespace disktwin::fs
