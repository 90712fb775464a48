// Whatever a user may name as a source: a disk, a partition, a raw file, an image, a stream.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "clone/copy/block_list.h"
#include "clone/copy/clone.h"
#include "clone/plan/endpoint.h"
#include "image/read/chain.h"
#include "image/read/foreign_zstd.h"
#include "image/read/front_image.h"
#include "platform/file.h"
#include "platform/lock.h"

namespace disktwin::cli {

enum class SourceKind {
  Disk,         // a disk, a partition, or a file that is one
  Image,        // ours, in files: at random
  FrontImage,   // ours, from standard input
  ForeignZstd,  // a .zst of a disk made elsewhere, from front to back
};

struct SourceOptions {
  image::CatalogBuilder::Ask passphrase;
  std::vector<std::string> parents;
  bool salvage = false;
  // The verb can read from front to back: "-" and .zst files made elsewhere.
  bool front = false;
  // Check all of an image but its data before anything is done with it.
  bool checkBooks = true;
  // A raw file in which nothing is recognised will do.
  bool raw = true;
  // For streams of unknown length: the most that there is room for, in bytes.
  std::uint64_t room = 0;
  // For what takes long before it can be planned.
  copy::Progress* progress = nullptr;
  std::function<void(const std::string&)> say{};
};

struct Source {
  SourceKind kind = SourceKind::Disk;
  plan::Endpoint endpoint;
  plan::Survey survey;
  std::shared_ptr<const image::ImageReader> image;  // of an image in files
  std::shared_ptr<image::FrontReader> front;        // of what comes from front to back
  const image::Catalog* catalog = nullptr;          // of an image; lives as long as those two
  std::shared_ptr<image::Losses> losses;            // with `salvage`
  std::vector<std::string> files;                   // all that it is read from
  std::uint64_t grid = copy::kBlockSize;            // blocks that suit it

  bool isImage() const { return catalog != nullptr; }
  plan::Access access() const {
    if (losses) return plan::Access::Damaged;
    return front ? plan::Access::FrontToBack : plan::Access::AtRandom;
  }
  // All of it can be read in any order, and is there.
  bool isReadAtRandom() const { return access() == plan::Access::AtRandom; }
  // Prepares a plan and the options of its run for a source of this kind.
  void prepare(plan::Plan& plan, copy::CloneOptions& options) const;
};

// Opens what `path` names. Throws Error(Failed) for what cannot be opened, Error(Invalid) for what
// is damaged, Error(Usage) for what the verb cannot read.
Source openSource(const DeviceTree& tree, const std::string& path, const SourceOptions& options);

// A disk that is read: other runs keep off, and nobody mounts it meanwhile.
struct HeldSource {
  std::optional<DiskLock> lock;
  std::optional<File> claimed;
};
void lockSource(const DeviceTree& tree, const std::string& path, HeldSource& held);
// Who has it already without our seeing it (another container, a filesystem of several devices) may
// be writing: Error(Refused), unless `force`.
void claimSource(const DeviceTree& tree, const std::string& path, bool force, HeldSource& held);

// The options that every verb with a source has, as the words of the command line say.
SourceOptions sourceOptions(const Arguments& arguments, image::CatalogBuilder::Ask passphrase);

}  // namespace disktwin::cli
