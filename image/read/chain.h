// Finds what a file is, and opens images with their parents.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "image/read/image_reader.h"

namespace disktwin::image {

// Images in a chain, the full one among them; a longer one is not opened.
inline constexpr std::size_t kLongestChain = 256;

enum class FileType {
  Image,  // bears a frame of ours, whole or not
  Zstd,   // begins with a frame of the format
  Other,
};
// Looks at both ends of the file (or the volumes) at `path`. A single bit that has flipped
// somewhere never makes an image of ours look like something else.
FileType fileType(const std::string& path);
// Whether there is a file at `path`, or volumes of an image of that name.
bool namesFile(const std::string& path);
// Whether that is an image of ours, whole or not.
bool namesImage(const std::string& path);
// Whether the file begins with a frame, and with one of ours: a raw disk may have an image
// somewhere in it.
bool beginsImage(const std::string& path);
// The files of that name, whole or volumes, are to be replaced by another image: throws
// Error(Refused) when one of them is neither an image of ours nor empty.
void refuseForeign(const std::string& path);
// By the first bytes of a stream.
FileType streamType(ByteView first);

struct ChainOptions {
  CatalogBuilder::Ask passphrase;
  std::vector<std::string> parents;  // files that were named as parents
  // For an image that may be damaged: what cannot be read is zeroes, and is noted here.
  std::shared_ptr<Losses> losses;
};

// Opens the image and all its parents. Throws Error(Mismatch) that names a wrong or changed parent
// and Error(Failed) that names a missing one, with the id that it should have.
std::shared_ptr<const ImageReader> openChain(const std::string& path, const ChainOptions& options);

// The parent of an image that is not a file: `folder` is where it is sought first.
std::shared_ptr<const ImageReader> openParent(const Catalog& child, const std::string& folder,
                                              const ChainOptions& options);

// The files of all images of the chain.
std::vector<std::string> filesOfChain(const ImageReader& top);

// The HEAD of an image; nullopt when there is none that is whole.
std::optional<Head> peekHead(const std::string& path);

}  // namespace disktwin::image
