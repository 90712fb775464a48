// The name of a new image: whether anything may be written there.
#pragma once

#include <string>
#include <vector>

#include "platform/device_tree.h"

namespace disktwin::cli {

struct NewImage {
  std::string path;
  bool replace = false;  // an image that is there may be replaced (--yes)
  bool resume = false;   // a partial that is there is gone on with
};

// Throws Error(Usage) for the name of a volume, Error(Failed) for a folder that does not exist, and
// Error(Refused) for a name that is taken, that is no regular file, or that is one of `sources`
// under another name, or that something else than an image has. Nothing is written.
void checkImageName(const DeviceTree& tree, const NewImage& image,
                    const std::vector<std::string>& sources);

// Throws Error(Refused) when writing the image `path` would overwrite `file`, which is `what` ("the
// source").
void refuseSameFile(const std::string& path, const std::string& file, const char* what);

}  // namespace disktwin::cli
