// The files that an image consists of: one, or numbered volumes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace disktwin::image {

// "disk.img.zst" and 2 -> "disk.img.zst.002"
std::string volumeName(const std::string& base, unsigned number);
// "disk.img.zst.001" -> "disk.img.zst" when it is the name of a first volume; otherwise the same.
std::string baseName(const std::string& path);

// The files of the image that `path` names, in order: NAME itself, or NAME.001 and so on. Throws
// Error(Failed) when there is nothing, Error(Invalid) when a volume between two others is missing.
std::vector<std::string> filesOf(const std::string& path);
// The same of an image of which volumes may be missing: those that are there.
std::vector<std::string> filesLeftOf(const std::string& path);
// Whether the path ends like the name of a volume, ".001" and so on.
bool isVolumeName(const std::string& path);
// Whether anything has the name, whole or a volume of it.
bool anythingNamed(const std::string& path);
// The numbers of the files NAME.001 and so on that exist, ascending; with what follows the number.
std::vector<unsigned> volumesNamed(const std::string& base, const std::string& ending = {});

}  // namespace disktwin::image
