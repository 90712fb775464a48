// Linux swap. What was swapped out is worth nothing after a reboot: only the header page is copied,
// so that label and UUID stay. Unless a hibernated system lies in it: then all of it is.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "clone/fs/filesystem.h"
#include "clone/fs/swap/header.h"
#include "clone/io/uuid.h"

namespace disktwin::fs::swap {
namespace {

VolumeInfo describe(const BlockReader& volume, const Header& header) {
  VolumeInfo info;
  info.type = header.holdsSystem ? "swsuspend" : "swap";
  info.label = header.label;
  info.uuid = uuidTextIfAny(header.uuid);
  info.blockSize = header.pageBytes;
  info.size = header.size;
  info.used = header.holdsSystem ? std::min(header.size, volume.size()) : header.pageBytes;
  info.state = header.holdsSystem ? VolumeState::Hibernated : VolumeState::Clean;
  if (header.size > volume.size()) {
    info.notes.push_back(fmt::format(
        "The swap header speaks of {} bytes, but the volume has {}: Linux will refuse to "
        "use it until mkswap is run.",
        header.size, volume.size()));
  }
  return info;
}

class Swap final : public FileSystem {
 public:
  Swap(ReaderPtr volume, Header header)
      : volume_(std::move(volume)),
        header_(std::move(header)),
        info_(describe(*volume_, header_)) {}

  const VolumeInfo& info() const override { return info_; }

  UsedMap used() const override {
    if (!header_.problem.empty()) return UsedMap::whole(*volume_, header_.problem);
    return {ExtentSet{{0, header_.pageBytes}}, {}};
  }

  ExtentSet signatures() const override {
    // The largest page: other tools may look for the signature at the end of any.
    return ExtentSet{{0, 64 * KiB}}.clipped({0, volume_->size()});
  }

  ExtentSet pageFiles() const override {
    // A header that is in doubt may stand before something else, or before a sleeping system.
    if (!header_.problem.empty()) return {};
    return ExtentSet{{header_.pageBytes, volume_->size() - header_.pageBytes}};
  }

 private:
  ReaderPtr volume_;
  Header header_;
  VolumeInfo info_;
};

}  // namespace

std::unique_ptr<FileSystem> open(ReaderPtr volume) {
  std::optional<Header> header = readHeader(*volume);
  if (!header) return nullptr;
  return std::make_unique<Swap>(std::move(volume), std::move(*header));
}

}  // namespace disktwin::fs::swap
