// Reading an image back from the medium and saying what is wrong with it.
#pragma once

#include <string>
#include <vector>

#include "cli/output.h"
#include "cli/source.h"
#include "clone/copy/progress.h"
#include "image/read/check.h"

namespace disktwin::cli {

// An image in files, opened so that what was written just now comes from the medium.
Source openFromMedium(const DeviceTree& tree, const std::string& path,
                      const SourceOptions& options);

// All damage that there is in the image that `source` reads, and with `parents` in those that it
// builds on; then what the filesystems in it miss. Adds to `progress` as it goes.
std::vector<image::Damage> checkImage(const Source& source, bool parents, copy::Progress& progress);
// The images from `top` down, their data alone.
std::vector<image::Damage> checkChain(const image::ImageReader* top, bool parents,
                                      copy::Progress& progress);

// Says all of it; throws Error(Invalid) when there is any.
void reportDamage(Output& output, const std::string& path,
                  const std::vector<image::Damage>& damages);

}  // namespace disktwin::cli
