#include "clone/fs/lvm/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "clone/fs/lvm/kind.h"
#include "clone/fs/lvm/notes.h"
#include "clone/fs/lvm/ondisk.h"
#include "clone/fs/lvm/unproven.h"
#include "platform/printable.h"

namespace disktwin::fs::lvm {
namespace {

std::uint64_t times(std::uint64_t count, std::uint64_t unit) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  return unit != 0 && count > kMost / unit ? kMost : count * unit;
}

std::string withoutDashes(std::string_view uuid) {
  std::string out(uuid);
  out.erase(std::remove(out.begin(), out.end(), '-'), out.end());
  return out;
}

class Placer {
 public:
  Placer(const Group& group, std::string_view uuid, const BlockReader& volume)
      : group_(group), volume_(volume) {
    out_.group = printable(group.name);
    out_.sequence = group.sequence;
    out_.extentBytes = group.extentSectors * kSector;
    findSelf(withoutDashes(uuid));
    placeData();
    nameAll();
  }

  Layout run() {
    for (std::size_t i = 0; i < group_.logical.size(); ++i) placeOne(i);
    checkDisjoint();
    findListed();
    out_.notes = notesOf(group_, *self_);
    return std::move(out_);
  }

 private:
  void findSelf(const std::string& uuid) {
    for (const PhysicalVolume& one : group_.physical) {
      if (withoutDashes(one.uuid) != uuid) {
        out_.otherUuids.push_back(printable(one.uuid));
      } else if (self_ != nullptr) {
        throw Unproven{"its volume group lists it twice"};
      } else {
        self_ = &one;
      }
    }
    if (self_ == nullptr) throw Unproven{"its volume group does not know it"};
  }

  void placeData() {
    if (group_.extentSectors == 0) throw Unproven{"extents of its volume group have no size"};
    out_.data = {times(self_->startSector, kSector), times(self_->extents, out_.extentBytes)};
    out_.deviceSize = times(self_->deviceSectors, kSector);
    if (!extentFits(out_.data.offset, out_.data.length, volume_.size())) {
      throw Unproven{
          fmt::format("its volume group counts on {} extents from byte {}, but it ends "
                      "at {}",
                      self_->extents, out_.data.offset, volume_.size())};
    }
  }

  void nameAll() {
    for (const PhysicalVolume& one : group_.physical) add(physical_, one.name);
    for (const LogicalVolume& one : group_.logical) add(logical_, one.name);
    uses_.resize(group_.logical.size());
    for (std::size_t i = 0; i < group_.logical.size(); ++i) {
      for (const Segment& segment : group_.logical[i].segments) noteUses(i, segment);
    }
  }

  static void add(std::unordered_map<std::string_view, std::size_t>& names, std::string_view name) {
    const std::size_t index = names.size();
    if (!names.emplace(name, index).second) {
      throw Unproven{fmt::format("two volumes of its volume group are called {}", printable(name))};
    }
  }

  void noteUses(std::size_t user, const Segment& segment) {
    for (const Reference& reference : segment.mentioned) {
      const auto found = logical_.find(reference.name);
      if (found == logical_.end()) continue;
      uses_[found->second].push_back({user, segment.type, reference.as});
    }
  }

  void placeOne(std::size_t index) {
    const LogicalVolume& from = group_.logical[index];
    Placed placed;
    placed.name = printable(from.name);
    placed.size = times(from.extents(), out_.extentBytes);
    placed.kind = kindOf(from, uses_[index]);
    placed.whyWhole = whyOpaque(group_, from, uses_[index]);
    for (const Segment& segment : from.segments) placeSegment(segment, placed);
    if (!placed.whyWhole.empty()) placed.runs.clear();
    out_.volumes.push_back(std::move(placed));
  }

  void placeSegment(const Segment& segment, Placed& placed) {
    requireKnownPlaces(segment, placed);
    Run run;
    run.inside = {times(segment.start, out_.extentBytes), times(segment.count, out_.extentBytes)};
    run.stripe = segment.areas.size() == 1 ? run.inside.length : segment.stripeSectors * kSector;
    for (const Area& area : segment.areas) {
      if (area.on != self_->name) {
        if (placed.whyWhole.empty()) {
          placed.whyWhole = physical_.count(area.on) != 0
                                ? "a part of it lies on another physical volume"
                                : "it is laid over other logical volumes";
        }
        continue;
      }
      if (!extentFits(area.extent, segment.areaExtents, self_->extents)) {
        throw Unproven{
            fmt::format("the logical volume {} lies beyond the last extent", placed.name)};
      }
      run.columns.push_back(out_.data.offset + area.extent * out_.extentBytes);
      placed.here.push_back({run.columns.back(), segment.areaExtents * out_.extentBytes});
    }
    if (run.columns.empty()) return;
    const std::uint64_t column = segment.areaExtents * out_.extentBytes;
    if (placed.whyWhole.empty() && (run.stripe == 0 || column % run.stripe != 0)) {
      placed.whyWhole = "its stripes do not fill its extents";
    }
    placed.runs.push_back(std::move(run));
  }

  // Where a segment of a kind that is not understood lies on physical volumes, nobody knows how
  // much of them it takes; on logical ones it does no harm, since those are copied for themselves.
  void requireKnownPlaces(const Segment& segment, const Placed& placed) const {
    for (const Area& area : segment.areas) {
      if (physical_.count(area.on) == 0 && logical_.count(area.on) == 0) {
        throw Unproven{fmt::format("the logical volume {} lies on {}, which is not there",
                                   placed.name, printable(area.on))};
      }
    }
    if (!segment.areas.empty()) return;
    for (const Reference& reference : segment.mentioned) {
      if (physical_.count(reference.name) != 0) {
        throw Unproven{fmt::format("the logical volume {} is of the unknown kind {}", placed.name,
                                   printable(segment.type))};
      }
    }
  }

  void checkDisjoint() const {
    std::vector<Extent> all;
    for (const Placed& placed : out_.volumes) {
      all.insert(all.end(), placed.here.begin(), placed.here.end());
    }
    std::sort(all.begin(), all.end());
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (all[i].overlaps(all[i - 1])) {
        throw Unproven{
            fmt::format("two logical volumes lay claim to the bytes at {}", all[i].offset)};
      }
    }
  }

  // Whatever stands on a volume that is partly here is partly here itself.
  void findListed() {
    std::vector<std::size_t> open;
    std::vector<bool> isHere(out_.volumes.size());
    for (std::size_t i = 0; i < out_.volumes.size(); ++i) {
      if (!out_.volumes[i].here.empty()) open.push_back(i);
    }
    while (!open.empty()) {
      const std::size_t index = open.back();
      open.pop_back();
      if (isHere[index]) continue;
      isHere[index] = true;
      for (const Use& use : uses_[index]) open.push_back(use.by);
    }
    for (std::size_t i = 0; i < out_.volumes.size(); ++i) {
      out_.volumes[i].isListed = isHere[i] && isSeen(group_.logical[i], uses_[i]);
    }
  }

  const Group& group_;
  const BlockReader& volume_;
  const PhysicalVolume* self_ = nullptr;
  std::unordered_map<std::string_view, std::size_t> physical_;
  std::unordered_map<std::string_view, std::size_t> logical_;
  std::vector<std::vector<Use>> uses_;  // of each logical volume, by others
  Layout out_;
};

}  // namespace

Layout place(const Group& group, std::string_view uuid, const BlockReader& volume) {
  return Placer(group, uuid, volume).run();
}

}  // namespace disktwin::fs::lvm
