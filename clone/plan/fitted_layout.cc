#include "clone/plan/fitted_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "clone/plan/fit.h"
#include "clone/plan/regions.h"
#include "clone/reshape/reshaper.h"
#include "platform/error.h"
#include "platform/virtual_file.h"

namespace disktwin::plan {
namespace {

// Where partitions begin and end that are placed anew: what every system does.
constexpr std::uint64_t kAlign = MiB;
// Beyond this a device's word is not to be believed, or costs too much room.
constexpr std::uint64_t kLargestAlign = 64 * MiB;

// Why a volume that cannot be looked into beforehand keeps its size, as a clause; empty when it
// need not.
std::string whyNotUnseen(Access access, const Volume& volume, const reshape::Reshaper& way,
                         bool smaller) {
  if (access == Access::AtRandom) return {};
  if (access == Access::Damaged) return "parts of the source are missing";
  if (smaller) return "what comes through a pipe cannot be made smaller: save it to a file first";
  const fs::VolumeState state = volume.fs->info().state;
  const bool isWhole = state == fs::VolumeState::Clean || state == fs::VolumeState::Unknown;
  return way.growsUnseen() && isWhole && volume.doubt.empty()
             ? std::string()
             : "what comes through a pipe cannot be tried beforehand";
}

// How a volume could be given another size; null, with the reason, when it could not.
const reshape::Reshaper* wayOf(Access access, const Volume& volume, bool smaller,
                               std::string& why) {
  if (!volume.fs) {
    why = volume.opaque ? "it belongs to a boot loader" : volume.doubt;
    return nullptr;
  }
  for (const Use& use : volume.uses) {
    if (use.kind == Use::Kind::Mounted && !use.readOnly) {
      why = use.how;
      return nullptr;
    }
  }
  const fs::VolumeInfo& info = volume.fs->info();
  const reshape::Reshaper* way = reshape::reshaperFor(info.type);
  if (way == nullptr) {
    why = reshape::whyNoWay(info.type);
    return nullptr;
  }
  why = whyNotUnseen(access, volume, *way, smaller);
  if (!why.empty()) return nullptr;
  why = smaller ? way->whyNotShrink(volume.reader, info) : way->whyNotGrow(volume.reader, info);
  if (why.empty()) why = VirtualFile::whyNot();
  return why.empty() ? way : nullptr;
}

bool mayGrow(const Volume& volume) {
  return volume.role == Role::Os || volume.role == Role::Data || volume.role == Role::Unknown;
}

class Fitting {
 public:
  Fitting(const Survey& source, const table::Layout& selected, const Target& target,
          const Request& request, std::vector<std::string>& warnings)
      : source_(source),
        selected_(selected),
        target_(target),
        request_(request),
        warnings_(warnings),
        sectors_(target.size / selected.sectorSize) {}

  table::Layout run() {
    if (!request_.places.empty()) return table::placed(selected_, request_.places, sectors_);
    // Room that was left free on a disk of this size was left free on purpose.
    const bool keep =
        request_.fit.mode == FitRequest::Mode::Keep || target_.size == source_.disk->size();
    // What a resized filesystem does not use is not copied: that is not what was asked for.
    if (request_.allSectors && !request_.fit.sizes.empty()) {
      throw Error(ErrorKind::Usage, "--all-sectors", "cannot be had together with other sizes",
                  "leave out --fit");
    }
    if (request_.allSectors || (keep && request_.fit.sizes.empty())) return asItIs();
    makeItems();
    if (needsMinima()) askForMinima(false);
    const auto places = place();
    std::map<std::uint32_t, table::Place> moves;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      moves[items_[i].number] = {places[i].first, places[i].count};
    }
    try {
      return table::placed(selected_, moves, sectors_);
    } catch (const Error& error) {
      return keepInstead(error);
    }
  }

  FitLimits limits() {
    makeItems();
    askForMinima(true);
    const std::uint64_t sector = selected_.sectorSize;
    const FitRoom space = room();
    FitLimits out;
    out.room = space.end > space.first ? (space.end - space.first) * sector : 0;
    out.align = space.align * sector;
    for (const FitItem& item : items_) {
      out.parts.push_back({item.number, item.minimum * sector, item.canGrow, item.whyRigid});
    }
    return out;
  }

 private:
  // A table that cannot follow is no reason to refuse what fits as it is.
  table::Layout keepInstead(const Error& error) const {
    if (error.kind() != ErrorKind::Refused || !request_.fit.sizes.empty() ||
        sectors_ < table::sectorsNeeded(selected_)) {
      throw named(error);
    }
    warnings_.push_back(
        fmt::format("{}: all sizes are kept: it {}.", error.subject(), error.detail()));
    return asItIs();
  }

  table::Layout asItIs() const {
    try {
      return table::relocated(selected_, sectors_);
    } catch (const Error& error) {
      throw named(error);
    }
  }

  Error named(const Error& error) const {
    if (error.kind() != ErrorKind::Refused) return error;
    return Error(ErrorKind::Refused, target_.path, error.detail(), error.hint());
  }

  std::uint64_t align() const {
    return std::max<std::uint64_t>(alignmentFor(target_.optimalIo) / selected_.sectorSize, 1);
  }

  void makeItems() {
    std::vector<const table::Partition*> order;
    for (const table::Partition& partition : selected_.partitions) {
      if (!partition.isContainer()) order.push_back(&partition);
    }
    std::ranges::sort(order, {}, &table::Partition::firstLba);
    for (const table::Partition* partition : order) items_.push_back(itemOf(*partition));
  }

  FitItem itemOf(const table::Partition& partition) const {
    const Volume& volume = *source_.find(partition.number);
    FitItem item;
    item.number = partition.number;
    item.name = volumeName(volume);
    item.first = partition.firstLba;
    item.count = partition.lbaCount;
    item.minimum = partition.lbaCount;
    std::string why;
    item.canGrow = wayOf(request_.access, volume, false, why) != nullptr;
    // A smaller target on which it fits as it is has no room to give away either.
    item.grows = item.canGrow && mayGrow(volume) && target_.size > source_.disk->size();
    item.pinned = volume.opaque && volume.role == Role::Boot;
    if (partition.logical) item.lead = partition.firstLba - partition.logical->ebrLba;
    return item;
  }

  FitRoom room() const {
    FitRoom out;
    out.sectorSize = selected_.sectorSize;
    out.align = align();
    // The space in front of the first partition is a boot loader's.
    out.first = sectors_;
    for (const table::Partition& partition : source_.layout.partitions) {
      const std::uint64_t first =
          partition.logical ? partition.logical->ebrLba : partition.firstLba;
      out.first = std::min(out.first, first * source_.layout.sectorSize / selected_.sectorSize);
    }
    out.end = table::usableEnd(selected_, sectors_);
    return out;
  }

  std::vector<FitPlace> place() const {
    const bool complete = selected_.partitions.size() == source_.layout.partitions.size();
    try {
      return fit(items_, room(), request_.fit, !complete);
    } catch (const Error& error) {
      throw named(error);
    }
  }

  bool needsMinima() const {
    for (const auto& [number, size] : request_.fit.sizes) {
      const auto found = std::ranges::find(items_, number, &FitItem::number);
      if (found == items_.end()) continue;
      if (!size || *size < found->count * selected_.sectorSize) return true;
    }
    FitRequest asTheyAre = request_.fit;
    asTheyAre.mode = FitRequest::Mode::Keep;
    try {
      fit(items_, room(), asTheyAre,
          selected_.partitions.size() != source_.layout.partitions.size());
      return false;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Refused) throw;
      return true;
    }
  }

  void askForMinima(bool ofAll) {
    for (FitItem& item : items_) {
      const Volume& volume = *source_.find(item.number);
      // What firmware and boot loaders read is small, and nobody wants it changed.
      const bool isBoot = volume.role == Role::EfiSystem || volume.role == Role::Boot ||
                          volume.role == Role::Recovery || volume.role == Role::Reserved;
      if (isBoot && !ofAll && !request_.fit.sizes.contains(item.number)) continue;
      const reshape::Reshaper* way = wayOf(request_.access, volume, true, item.whyRigid);
      if (way == nullptr) continue;
      try {
        const std::uint64_t bytes = way->minimum(volume.reader, volume.fs->info());
        const std::uint64_t least =
            roundUp((bytes + selected_.sectorSize - 1) / selected_.sectorSize, align());
        item.minimum = std::min(item.count, least);
      } catch (const Error& error) {
        if (error.kind() == ErrorKind::Cancelled || error.kind() == ErrorKind::Read) throw;
        item.whyRigid = error.what();
      }
    }
  }

  const Survey& source_;
  const table::Layout& selected_;
  const Target& target_;
  const Request& request_;
  std::vector<std::string>& warnings_;
  const std::uint64_t sectors_;
  std::vector<FitItem> items_;
};

}  // namespace

std::uint64_t alignmentFor(std::uint64_t optimalIo) {
  // Bridges to USB are known to name the most that they take, which is a multiple of nothing.
  if (optimalIo == 0 || optimalIo % 4096 != 0 || optimalIo > kLargestAlign) return kAlign;
  const std::uint64_t both = std::lcm(kAlign, optimalIo);
  return both <= kLargestAlign ? both : kAlign;
}

table::Layout fittedLayout(const Survey& source, const table::Layout& selected,
                           const Target& target, const Request& request,
                           std::vector<std::string>& warnings) {
  return Fitting(source, selected, target, request, warnings).run();
}

FitLimits fitLimits(const Survey& source, const Plan& plan) {
  table::Layout selected = plan.request.partitions.empty()
                               ? source.layout
                               : table::withOnly(source.layout, plan.request.partitions);
  if (plan.targetLayout.sectorSize != selected.sectorSize) {
    selected = table::withSectorSize(selected, plan.targetLayout.sectorSize);
  }
  std::vector<std::string> unheard;
  return Fitting(source, selected, plan.target, plan.request, unheard).limits();
}

bool isReshaped(const Volume& volume, std::uint64_t size) {
  return size != volume.bytes.length && volume.fs &&
         reshape::reshaperFor(volume.fs->info().type) != nullptr;
}

std::string reshapeNote(const Volume& volume, std::uint64_t size) {
  const fs::VolumeInfo& info = volume.fs->info();
  const std::string note = reshape::reshaperFor(info.type)->note(info, size < volume.bytes.length);
  return note.empty() ? "" : " " + note;
}

}  // namespace disktwin::plan
