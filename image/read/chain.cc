#include "image/read/chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "clone/io/block_reader.h"
#include "image/read/frame_stream.h"
#include "image/read/names.h"
#include "platform/error.h"

namespace disktwin::image {
namespace {

namespace stdfs = std::filesystem;

constexpr std::uint64_t kLookAt = 1U << 20;

bool hasOwnFrame(ByteView bytes) {
  for (std::size_t at = 0; at + sizeof(FramePrefix) <= bytes.size(); ++at) {
    if (bytes[at] == std::byte{0x5D} && looksOwn(bytes.subspan(at))) return true;
  }
  return false;
}

std::string folderOf(const std::string& path) {
  const stdfs::path folder = stdfs::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

// Where a parent may lie, in the order of looking.
std::vector<std::string> candidates(const ParentName& parent, const std::string& folder,
                                    const std::vector<std::string>& named) {
  std::vector<std::string> out = named;
  // The name alone: what a file says must not lead elsewhere.
  const std::string name = stdfs::path(parent.name).filename().string();
  if (!name.empty() && !folder.empty()) out.push_back((stdfs::path(folder) / name).string());
  if (!parent.path.empty()) out.push_back(parent.path);
  return out;
}

}  // namespace

FileType streamType(ByteView first) {
  if (hasOwnFrame(first)) return FileType::Image;
  if (first.size() < 4) return FileType::Other;
  const std::uint32_t magic = structAt<le32>(first, 0);
  return magic == kZstdMagic || isSkippableMagic(magic) ? FileType::Zstd : FileType::Other;
}

namespace {

FileType typeOf(const ImageBytes& bytes) {
  const std::uint64_t size = bytes.size();
  const Bytes first = bytes.readAt(0, std::min(size, kLookAt));
  const FileType type = streamType(first);
  if (type == FileType::Image || size <= kLookAt) return type;
  const std::uint64_t tail = std::min(size, kLookAt);
  return hasOwnFrame(bytes.readAt(size - tail, tail)) ? FileType::Image : type;
}

}  // namespace

FileType fileType(const std::string& path) {
  // That a volume is missing is said when it is needed.
  return typeOf(ImageBytes(path, filesLeftOf(path)));
}

bool beginsImage(const std::string& path) {
  const ImageBytes bytes(path, {path});
  const Bytes first = bytes.readAt(0, std::min(bytes.size(), kLookAt));
  if (first.size() < 4) return false;
  const std::uint32_t magic = structAt<le32>(first, 0);
  return (magic == kZstdMagic || isSkippableMagic(magic)) && hasOwnFrame(first);
}

void refuseForeign(const std::string& path) {
  std::vector<std::string> files;
  std::error_code ignored;
  if (stdfs::exists(path, ignored)) files.push_back(path);
  for (const unsigned number : volumesNamed(path)) files.push_back(volumeName(path, number));
  for (const std::string& file : files) {
    const ImageBytes bytes(file, {file});
    if (bytes.size() == 0 || typeOf(bytes) == FileType::Image) continue;
    throw Error(ErrorKind::Refused, file, "exists, and is no image of this program",
                "choose another name, or remove it yourself if you do not need it");
  }
}

bool namesFile(const std::string& path) {
  std::error_code ignored;
  if (stdfs::exists(path, ignored)) return stdfs::is_regular_file(path, ignored);
  // Any volume will do: that another is missing is better said than that there is nothing.
  return !volumesNamed(baseName(path)).empty();
}

bool namesImage(const std::string& path) {
  return namesFile(path) && fileType(path) == FileType::Image;
}

std::optional<Head> peekHead(const std::string& path) {
  try {
    const ImageBytes bytes(path, filesOf(path));
    if (bytes.size() < kOwnOverhead) return std::nullopt;
    const auto size = ownFrameSize(bytes.readAt(0, 8));
    if (!size || *size > bytes.size()) return std::nullopt;
    return decodeHead(parseOwnFrame(bytes.readAt(0, *size), 0, std::nullopt, path), path);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled) throw;
    return std::nullopt;
  }
}

namespace {

// The ids of the images from the top down.
using Seen = std::vector<ImageId>;

std::shared_ptr<const ImageReader> openLink(const std::string& path, const ChainOptions& options,
                                            Seen seen);

std::shared_ptr<const ImageReader> parentOf(const Catalog& child, const std::string& folder,
                                            const ChainOptions& options, Seen seen) {
  if (!child.head.parent) return nullptr;
  const ParentKey& wanted = *child.head.parent;
  seen.push_back(child.head.id);
  if (std::find(seen.begin(), seen.end(), wanted.id) != seen.end()) {
    throw Error(ErrorKind::Invalid, child.name, "is among its own parents");
  }
  if (seen.size() > kLongestChain) {
    throw Error(ErrorKind::Invalid, child.name,
                fmt::format("the chain has more than {} images", kLongestChain));
  }
  const std::string id = toString(wanted.id);
  std::string found;
  for (const std::string& path : candidates(*child.info.parent, folder, options.parents)) {
    const std::optional<Head> head = anythingNamed(baseName(path)) ? peekHead(path) : std::nullopt;
    if (!head) continue;
    if (head->id != wanted.id) {
      if (found.empty()) found = fmt::format("; {} is the image {}", path, toString(head->id));
      continue;
    }
    if (child.head.encrypted() < head->encrypted()) {
      throw Error(ErrorKind::Invalid, child.name, "is not encrypted, but its parent is");
    }
    const std::shared_ptr<const ImageReader> parent = openLink(path, options, seen);
    // Of a damaged parent all that is whole is taken.
    const bool damaged = parent->image().wasSalvaged();
    if (parent->image().seal() != wanted.seal && !damaged) {
      throw Error(
          ErrorKind::Mismatch, path,
          fmt::format("bears the id {}, but has changed since {} was made from it", id, child.name),
          "find the original");
    }
    if (parent->size() != child.info.diskSize) {
      throw Error(ErrorKind::Mismatch, path, "its disk has another size than that of its child");
    }
    return parent;
  }
  throw Error(found.empty() ? ErrorKind::Failed : ErrorKind::Mismatch, child.name,
              fmt::format("needs its parent {} (id {}), which was not found{}",
                          child.info.parent->name, id, found),
              "put it beside this one, or name it with --parent FILE");
}

std::shared_ptr<const ImageReader> openLink(const std::string& path, const ChainOptions& options,
                                            Seen seen) {
  const std::shared_ptr<const OpenImage> image = options.losses
                                                     ? OpenImage::salvage(path, options.passphrase)
                                                     : OpenImage::open(path, options.passphrase);
  std::shared_ptr<const ImageReader> parent =
      image->head().incremental() && image->catalog().info.parent
          ? parentOf(image->catalog(), folderOf(path), options, std::move(seen))
          : nullptr;
  return std::make_shared<ImageReader>(image, std::move(parent), options.losses);
}

}  // namespace

std::shared_ptr<const ImageReader> openChain(const std::string& path, const ChainOptions& options) {
  return openLink(path, options, {});
}

std::shared_ptr<const ImageReader> openParent(const Catalog& child, const std::string& folder,
                                              const ChainOptions& options) {
  return parentOf(child, folder, options, {});
}

std::vector<std::string> filesOfChain(const ImageReader& top) {
  std::vector<std::string> out;
  for (const ImageReader* at = &top; at; at = at->parent().get()) {
    for (std::string& file : at->image().files()) out.push_back(std::move(file));
  }
  return out;
}

}  // namespace disktwin::image
