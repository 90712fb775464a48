// Which bytes of a physical volume matter, from what matters in its logical volumes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "clone/fs/filesystem.h"
#include "clone/fs/lvm/mapped_reader.h"

namespace disktwin::fs::lvm {

// A logical volume, as far as it lies here.
struct Part {
  std::string name;
  std::vector<Extent> here;                    // bytes of the physical volume
  std::shared_ptr<const MappedReader> reader;  // where its bytes lie; null unless `fs` is there
  std::shared_ptr<const FileSystem> fs;        // null: all of it matters
};

// `areas` lie inside the volume. Throws only Error(Read).
UsedMap usedMap(const std::vector<Extent>& areas, const std::vector<Part>& parts);

ExtentSet pageFilesOf(const std::vector<Part>& parts);

}  // namespace disktwin::fs::lvm
