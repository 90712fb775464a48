#include "clone/copy/reshape.h"

#include <fmt/format.h>

#include <algorithm>

#include "clone/fs/registry.h"
#include "clone/io/masked_reader.h"
#include "clone/io/nothing.h"
#include "clone/io/overlay.h"
#include "clone/io/window.h"
#include "clone/reshape/reshaper.h"
#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/virtual_file.h"

namespace disktwin::copy {
namespace {

constexpr std::uint64_t kPart = MiB;

// One that somebody else owns.
ReaderPtr borrowed(const BlockReader& reader) {
  return {std::shared_ptr<void>(), &reader};
}

// As offsets in the volume.
ExtentSet copiedOf(const plan::Region& region) {
  return unite(region.extents, region.zeroes).shiftedDown(region.source.offset);
}

class Reshaping {
 public:
  enum class From { Source, Copy };

  // `volume` is what there is: on the source, or in its place on the target.
  Reshaping(plan::Region& region, From where, ReaderPtr volume, BlockTarget& target)
      : region_(region),
        target_(target),
        where_(where),
        from_(std::move(volume)),
        now_(region.source.length),
        size_(region.resizedTo != 0 ? region.resizedTo : region.source.length) {}

  void run() {
    isAnew_ = size_ < from_->size() && isRefilledToShrink();
    overlay_ = std::make_shared<Overlay>(
        isAnew_ ? std::make_shared<Nothing>(region_.what, size_, from_->sectorSize()) : from_,
        isAnew_ ? size_ : std::max(from_->size(), size_),
        Overlay::Place{&target_, target_.readBack(), {region_.target, size_}});
    if (isAnew_) {
      refill();
    } else if (region_.resizedTo != 0) {
      work([&](const reshape::Reshaper& way, const fs::VolumeInfo& info, const std::string& file) {
        way.resize(file, info, size_);
      });
    }
    if (!region_.edits.empty()) {
      work([&](const reshape::Reshaper& way, const fs::VolumeInfo& info, const std::string& file) {
        for (const plan::FileEdit& edit : region_.edits) {
          way.edit(file, info, edit.path, edit.before, edit.content);
        }
      });
    }
    if (!region_.newUuid.empty()) {
      work([&](const reshape::Reshaper& way, const fs::VolumeInfo& info, const std::string& file) {
        way.renew(file, info, region_.newUuid);
      });
    }
    const auto view = std::make_shared<Window>(overlay_, Extent{0, size_}, region_.what);
    const fs::Recognised found = fs::recognise(view);
    if (!found.fs || found.fs->info().size > size_) {
      throw Error(ErrorKind::Failed, region_.what, "was not brought to its new size",
                  "keep its size with --fit keep");
    }
    if (!region_.newUuid.empty() && found.fs->info().uuid != region_.newUuid) {
      throw Error(ErrorKind::Failed, region_.what,
                  fmt::format("has the identifier {} now, expected {}", found.fs->info().uuid,
                              region_.newUuid),
                  "leave out --new-ids");
    }
    if (region_.bootSectorFollows) {
      for (const fs::Patch& patch : found.fs->whenMoved(region_.source.offset, region_.target)) {
        overlay_->write(patch.offset, patch.bytes);
      }
    }
    if (region_.resizedTo != 0 || !region_.edits.empty() || !region_.newUuid.empty()) {
      takeOver(found.fs->used());
    } else if (where_ == From::Source) {
      region_.extents =
          subtract(region_.extents, overlay_->written().shiftedUp(region_.source.offset));
    }
  }

  // What the tools have written, as bytes of the target.
  ExtentSet written() const { return overlay_->written().shiftedUp(region_.target); }

 private:
  // Null when the source is not what it was.
  static const reshape::Reshaper* wayOf(const fs::Recognised& found) {
    return found.fs ? reshape::reshaperFor(found.fs->info().type) : nullptr;
  }

  bool isRefilledToShrink() const {
    const reshape::Reshaper* way = wayOf(fs::recognise(from_));
    return way != nullptr && way->isRefilledToShrink();
  }

  // The source is seen through an overlay of its own, where its log can be replayed.
  void refill() {
    const fs::Recognised before = fs::recognise(from_);
    Overlay seen(from_, from_->size(), {});
    const VirtualFile source(seen);
    const VirtualFile file(*overlay_);
    try {
      wayOf(before)->refill(source.path(), before.fs->info(), file.path(), size_);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Cancelled) {
        source.rethrow();
        file.rethrow();
      }
      throw Error(error.kind(), region_.what, error.what());
    }
    source.rethrow();
    file.rethrow();
    now_ = size_;
  }

  // Has the filesystem's way do something to the volume as it is by now.
  template <typename Work>
  void work(const Work& what) {
    const fs::Recognised before =
        fs::recognise(std::make_shared<Window>(overlay_, Extent{0, now_}, region_.what));
    const reshape::Reshaper* way = wayOf(before);
    if (way == nullptr) {
      throw Error(ErrorKind::Failed, region_.what, "is not what it was when this was planned");
    }
    const VirtualFile file(*overlay_);
    try {
      what(*way, before.fs->info(), file.path());
    } catch (const Error& error) {
      // The source or the target failed below the tool.
      if (error.kind() != ErrorKind::Cancelled) file.rethrow();
      throw Error(error.kind(), region_.what, error.what());
    }
    file.rethrow();
    now_ = size_;
  }

  // What the resized filesystem uses and its tools have not written lies on the source, at the same
  // distance from its start, or has been copied; where the source had ended, or when the filesystem
  // was made anew, nothing but zeroes can be meant.
  void takeOver(const fs::UsedMap& map) {
    const ExtentSet done = overlay_->written();
    const Extent within{0, size_};
    const Extent onSource{0, isAnew_ ? 0 : std::min(region_.source.length, size_)};
    const ExtentSet there = where_ == From::Source ? ExtentSet{onSource} : copiedOf(region_);
    const ExtentSet used =
        subtract(map.extents.aligned(from_->sectorSize(), size_).clipped(within), done);
    ExtentSet zeroes = subtract(map.zeroes.clipped(within), unite(done, used));
    zeroes = unite(zeroes, subtract(used, there));
    for (Extent extent : zeroes.shiftedUp(region_.target)) {
      Cancellation::check();
      target_.zero(extent);
    }
    if (where_ == From::Copy) return;
    region_.extents = used.clipped(onSource).shiftedUp(region_.source.offset);
    region_.zeroes = {};
    region_.source.length = onSource.length;
  }

  plan::Region& region_;
  BlockTarget& target_;
  From where_;
  ReaderPtr from_;
  std::uint64_t now_;    // as far as the work has come, bytes
  std::uint64_t size_;   // in the copy, bytes
  bool isAnew_ = false;  // nothing of the source's bytes is in its place
  std::shared_ptr<Overlay> overlay_;
};

void hash(const ExtentSet& extents, const BlockReader& reader, std::vector<WrittenBlock>& out) {
  std::vector<std::byte> bytes;
  for (Extent rest : extents) {
    while (!rest.empty()) {
      const Extent part{rest.offset, std::min(rest.length, kPart)};
      bytes.resize(static_cast<std::size_t>(part.length));
      reader.read(part.offset, bytes);
      out.push_back({part, hashOf(bytes)});
      rest = {part.end(), rest.length - part.length};
    }
  }
}

bool isReshaped(const plan::Region& region) {
  return region.resizedTo != 0 || region.bootSectorFollows || !region.edits.empty() ||
         !region.newUuid.empty();
}

void reshapeOne(plan::Region& region, Reshaping::From where, ReaderPtr volume, BlockTarget& target,
                std::vector<WrittenBlock>& out) {
  Cancellation::check();
  Reshaping one(region, where, std::move(volume), target);
  one.run();
  hash(one.written(), *target.readBack(), out);
}

}  // namespace

bool isAnyReshaped(const plan::Plan& plan) {
  return std::ranges::any_of(plan.regions, isReshaped);
}

std::vector<WrittenBlock> reshapeCopied(const plan::Plan& plan, BlockTarget& target,
                                        Progress& progress) {
  std::vector<WrittenBlock> out;
  progress.begin(Phase::Resize, 0);
  for (plan::Region region : plan.regions) {
    if (!isReshaped(region)) continue;
    const Extent place{region.target, region.source.length};
    const auto volume = std::make_shared<Window>(target.readBack(), place, region.what);
    // What stood there before is nothing to the tools.
    reshapeOne(region, Reshaping::From::Copy,
               std::make_shared<MaskedReader>(volume, copiedOf(region)), target, out);
  }
  return out;
}

std::vector<WrittenBlock> reshapeVolumes(plan::Plan& plan, const BlockReader& source,
                                         BlockTarget& target, Progress& progress) {
  std::vector<WrittenBlock> out;
  if (!isAnyReshaped(plan)) return out;
  progress.begin(Phase::Resize, 0);
  progress.setTarget(TargetState::Incomplete);
  for (plan::Region& region : plan.regions) {
    if (!isReshaped(region)) continue;
    reshapeOne(region, Reshaping::From::Source,
               std::make_shared<Window>(borrowed(source), region.source, region.what), target, out);
  }
  plan.bytesToRead = 0;
  for (const plan::Region& region : plan.regions) plan.bytesToRead += region.extents.bytes();
  return out;
}

void verifyWritten(const std::vector<WrittenBlock>& blocks, const BlockReader& medium,
                   const std::string& name, Progress& progress) {
  std::vector<std::byte> bytes;
  for (const WrittenBlock& block : blocks) {
    Cancellation::check();
    bytes.resize(static_cast<std::size_t>(block.target.length));
    medium.read(block.target.offset, bytes);
    if (hashOf(bytes) != block.hash) {
      throw Error(ErrorKind::Mismatch, name,
                  fmt::format("byte {} and what follows does not read back as written",
                              block.target.offset),
                  "the target or the way to it is not reliable: do not use it", block.target);
    }
    progress.add(block.target.length);
  }
}

}  // namespace disktwin::copy
