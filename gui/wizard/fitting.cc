#include "gui/wizard/fitting.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace disktwin::gui {
namespace {

constexpr std::uint64_t kStep = Fitting::kStep;

// What a partition takes on the disk: the next one begins at a multiple.
std::uint64_t roundDown(std::uint64_t value) {
  return value / kStep * kStep;
}
std::uint64_t roundUp(std::uint64_t value) {
  return roundDown(value + kStep - 1);
}

// a * b / c without overflow; c is not 0 and the result fits.
std::uint64_t share(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(Wide{a} * b / c);
}

// Whether more room is of use to it: nobody wants a larger boot partition.
bool holdsData(const FitPart& part) {
  for (const char* role : {"EFI system", "boot", "recovery", "swap", "reserved"}) {
    if (part.role == role) return false;
  }
  return true;
}

std::uint64_t footprint(const FitPart& part) {
  return roundUp(part.after);
}

// The least and the most that it may take, whatever the others have.
std::uint64_t floorOf(const FitPart& part, std::uint64_t proposal) {
  return roundUp(std::min(part.smallest, std::max(part.before, proposal)));
}
std::uint64_t ceilingOf(const FitPart& part, std::uint64_t proposal) {
  if (part.canGrow) return roundDown(std::numeric_limits<std::uint64_t>::max());
  return roundUp(std::max(part.before, proposal));
}

// Its old size is kept exactly, even when that is no multiple.
void setFootprint(FitPart& part, std::uint64_t footprint) {
  part.after = footprint == roundUp(part.before) ? part.before : footprint;
}

std::uint64_t sum(const std::vector<std::uint64_t>& values) {
  std::uint64_t out = 0;
  for (const std::uint64_t value : values) out += value;
  return out;
}

// Takes `missing` away, from each in proportion to what it can spare; false when they cannot.
bool shrink(std::vector<std::uint64_t>& prints, const std::vector<std::uint64_t>& floors,
            std::uint64_t missing) {
  std::vector<std::uint64_t> spare;
  for (std::size_t i = 0; i < prints.size(); ++i) {
    spare.push_back(prints[i] > floors[i] ? prints[i] - floors[i] : 0);
  }
  const std::uint64_t all = sum(spare);
  if (all < missing) return false;
  std::uint64_t open = missing;
  for (std::size_t i = 0; i < prints.size(); ++i) {
    const std::uint64_t given = all == 0 ? 0 : roundDown(share(missing, spare[i], all));
    prints[i] -= given;
    spare[i] -= given;
    open -= std::min(open, given);
  }
  while (open > 0) {
    const auto richest =
        static_cast<std::size_t>(std::max_element(spare.begin(), spare.end()) - spare.begin());
    const std::uint64_t step = std::min(spare[richest], roundUp(open));
    prints[richest] -= step;
    spare[richest] -= step;
    open -= std::min(open, step);
  }
  return true;
}

}  // namespace

Fitting::Fitting(std::vector<FitPart> parts, std::uint64_t room)
    : parts_(std::move(parts)), room_(room) {
  for (const FitPart& part : parts_) proposal_.push_back(part.after);
}

std::uint64_t Fitting::free() const {
  std::uint64_t taken = 0;
  for (const FitPart& part : parts_) taken += footprint(part);
  return room_ > taken ? roundDown(room_ - taken) : 0;
}

std::uint64_t Fitting::least(std::size_t part) const {
  const std::uint64_t floor = floorOf(parts_[part], proposal_[part]);
  return floor == roundUp(parts_[part].before) ? parts_[part].before : floor;
}

std::uint64_t Fitting::most(std::size_t part) const {
  const FitPart& it = parts_[part];
  const std::uint64_t limit = std::min(ceilingOf(it, proposal_[part]), footprint(it) + free());
  return limit == roundUp(it.before) ? it.before : limit;
}

std::uint64_t Fitting::resize(std::size_t part, std::uint64_t size) {
  FitPart& it = parts_[part];
  const std::uint64_t wanted = size == it.before ? roundUp(size) : roundDown(size);
  const std::uint64_t floor = floorOf(it, proposal_[part]);
  const std::uint64_t limit = std::max(floor, roundUp(most(part)));
  setFootprint(it, std::clamp(wanted, floor, limit));
  return it.after;
}

std::int64_t Fitting::moveBorder(std::size_t part, std::int64_t by) {
  FitPart& it = parts_[part];
  const std::uint64_t old = footprint(it);
  const bool grows = by > 0;
  // -(by + 1) + 1: the least number has no counterpart.
  std::uint64_t open =
      roundDown(grows ? static_cast<std::uint64_t>(by) : static_cast<std::uint64_t>(-(by + 1)) + 1);
  if (grows) {
    open = std::min(open, ceilingOf(it, proposal_[part]) - old);
  } else {
    const std::uint64_t floor = floorOf(it, proposal_[part]);
    open = std::min(open, old > floor ? old - floor : 0);
  }
  // The nearest one behind it comes first; when that has nothing left to give, the one after it.
  std::uint64_t moved = 0;
  const std::uint64_t spare = free();
  for (std::size_t next = part + 1; next < parts_.size() && moved < open; ++next) {
    FitPart& other = parts_[next];
    const std::uint64_t has = footprint(other);
    const std::uint64_t bound =
        grows ? floorOf(other, proposal_[next]) : ceilingOf(other, proposal_[next]);
    const std::uint64_t can = grows ? (has > bound ? has - bound : 0) : bound - has;
    const std::uint64_t step = std::min(can, open - moved);
    if (step == 0) continue;
    setFootprint(other, grows ? has - step : has + step);
    moved += step;
  }
  moved += grows ? std::min(spare, open - moved) : open - moved;
  if (moved == 0) return 0;
  setFootprint(it, grows ? old + moved : old - moved);
  return grows ? static_cast<std::int64_t>(moved) : -static_cast<std::int64_t>(moved);
}

void Fitting::proposed() {
  for (std::size_t i = 0; i < parts_.size(); ++i) parts_[i].after = proposal_[i];
}

bool Fitting::canKeep() const {
  std::uint64_t needed = 0;
  bool same = true;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    needed += roundUp(parts_[i].before);
    same = same && proposal_[i] == parts_[i].before;
  }
  // Partitions that are no multiples need not be rounded up while they stay where they are.
  return same || needed <= room_;
}

void Fitting::keep() {
  if (!canKeep()) return;
  for (FitPart& part : parts_) part.after = part.before;
}

void Fitting::proportional() {
  std::vector<std::uint64_t> prints;
  std::vector<std::uint64_t> floors;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    prints.push_back(roundUp(parts_[i].before));
    floors.push_back(floorOf(parts_[i], proposal_[i]));
  }
  const std::uint64_t needed = sum(prints);
  if (needed > room_) {
    if (!shrink(prints, floors, needed - room_)) return proposed();
  } else {
    const bool anyData = std::any_of(parts_.begin(), parts_.end(), [](const FitPart& part) {
      return part.canGrow && holdsData(part);
    });
    std::uint64_t all = 0;
    std::size_t largest = parts_.size();
    std::vector<bool> growing(parts_.size());
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      growing[i] = parts_[i].canGrow && (holdsData(parts_[i]) || !anyData);
      if (!growing[i]) continue;
      all += prints[i];
      if (largest == parts_.size() || prints[i] > prints[largest]) largest = i;
    }
    const std::vector<std::uint64_t> before = prints;
    const std::uint64_t left = roundDown(room_ - needed);
    for (std::size_t i = 0; i < parts_.size() && all > 0; ++i) {
      if (growing[i]) prints[i] += roundDown(share(left, before[i], all));
    }
    if (largest < parts_.size()) prints[largest] += roundDown(room_ - sum(prints));
  }
  for (std::size_t i = 0; i < parts_.size(); ++i) setFootprint(parts_[i], prints[i]);
}

void Fitting::allTo(std::size_t part) {
  // As large as they were, when this one can have what it needs then; otherwise as small as can be.
  std::uint64_t others = 0;
  std::uint64_t smallest = 0;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (i == part) continue;
    others += roundUp(parts_[i].before);
    smallest += floorOf(parts_[i], proposal_[i]);
  }
  const std::uint64_t floor = floorOf(parts_[part], proposal_[part]);
  const bool asBefore = others + floor <= room_;
  if (!asBefore && smallest + floor > room_) return;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (i == part) continue;
    setFootprint(parts_[i],
                 asBefore ? roundUp(parts_[i].before) : floorOf(parts_[i], proposal_[i]));
  }
  const std::uint64_t rest = roundDown(room_ - (asBefore ? others : smallest));
  setFootprint(parts_[part], std::min(rest, ceilingOf(parts_[part], proposal_[part])));
}

std::string Fitting::option() const {
  bool asProposed = true;
  bool kept = true;
  std::size_t largest = parts_.size();
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const FitPart& part = parts_[i];
    asProposed = asProposed && part.after == proposal_[i];
    kept = kept && part.after == part.before;
    if (part.after == part.before || !part.canGrow) continue;
    if (largest == parts_.size() || part.after > parts_[largest].after) largest = i;
  }
  if (asProposed) return "auto";
  if (kept) return "keep";
  // Where nothing is left over, one gets the rest: it takes what rounding may cost elsewhere.
  const bool full = free() == 0;
  std::string out;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const FitPart& part = parts_[i];
    if (part.after == part.before) continue;
    if (!out.empty()) out += ',';
    out += std::to_string(part.number) + '=';
    out += full && i == largest ? "rest" : std::to_string(part.after);
  }
  return out;
}

}  // namespace disktwin::gui
