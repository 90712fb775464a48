// What lies inside a logical volume.
#pragma once

#include <memory>
#include <string>

#include "clone/fs/filesystem.h"
#include "clone/fs/lvm/mapped_reader.h"

namespace disktwin::fs::lvm {

struct Inner {
  VolumeInfo content;  // without a type when nobody knows
  // The reader whose map can be taken; null when all that belongs to the volume is needed, for the
  // reason whyWhole.
  std::shared_ptr<const FileSystem> fs;
  std::string whyWhole;
};

// Throws only Error(Read).
Inner lookInto(const std::shared_ptr<const MappedReader>& volume);

}  // namespace disktwin::fs::lvm
