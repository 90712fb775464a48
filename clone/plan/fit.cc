#include "clone/plan/fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/error.h"
#include "platform/extent.h"
#include "platform/size_text.h"

namespace disktwin::plan {
namespace {

// Room that is less than this part of all of it is not worth touching filesystems for: disks of
// "500 GB" differ by so much.
constexpr std::uint64_t kWorthGrowing = 100;

// a * b / c without overflow; c is not 0 and the result fits.
std::uint64_t share(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(Wide{a} * b / c);
}

class Fitter {
 public:
  Fitter(const std::vector<FitItem>& items, const FitRoom& room, const FitRequest& request,
         bool gapless)
      : items_(items), room_(room), request_(request), gapless_(gapless) {
    for (const FitItem& item : items) sizes_.push_back(item.count);
  }

  std::vector<FitPlace> run() {
    applyWishes();
    if (!fits()) gapless_ = true;
    if (!fits() && request_.mode == FitRequest::Mode::Auto) shrink();
    if (!fits()) refuse();
    grow();
    return places();
  }

 private:
  bool isNamed(std::size_t i) const { return request_.sizes.contains(items_[i].number); }
  std::uint64_t bytes(std::uint64_t sectors) const { return sectors * room_.sectorSize; }

  void applyWishes() {
    std::size_t rests = 0;
    for (const auto& [number, wanted] : request_.sizes) {
      const auto found = std::find_if(items_.begin(), items_.end(),
                                      [&](const FitItem& item) { return item.number == number; });
      if (found == items_.end()) {
        throw Error(ErrorKind::Usage, fmt::format("partition {}", number),
                    "is not among those that are copied");
      }
      if (!wanted && ++rests > 1) {
        throw Error(ErrorKind::Usage, "--fit", "only one partition can have the rest");
      }
      const auto at = static_cast<std::size_t>(found - items_.begin());
      if (!wanted) {
        rest_ = at;
        sizes_[at] = std::min(found->count, found->minimum);
      } else {
        wish(at, *wanted);
      }
    }
  }

  void wish(std::size_t at, std::uint64_t wanted) {
    const FitItem& item = items_[at];
    const std::uint64_t sectors =
        roundUp((wanted + room_.sectorSize - 1) / room_.sectorSize, room_.align);
    if (sectors < item.minimum && sectors < item.count) {
      throw Error(
          ErrorKind::Refused, item.name,
          fmt::format("cannot be made as small as {}: {}", formatSize(wanted),
                      item.whyRigid.empty()
                          ? fmt::format("it needs {}", formatSizeExactly(bytes(item.minimum)))
                          : item.whyRigid));
    }
    if (sectors > item.count && !item.canGrow) {
      throw Error(ErrorKind::Refused, item.name, "what is on it cannot be made larger",
                  "leave its size as it is");
    }
    sizes_[at] = sectors;
  }

  // Where everything would lie; places may reach beyond the end.
  std::vector<FitPlace> places() const {
    std::vector<FitPlace> out;
    bool moved = gapless_;
    std::uint64_t cursor = room_.first;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const FitItem& item = items_[i];
      std::uint64_t first = item.first;
      // A partition in front of which there is no more room than before stays exactly there.
      if (moved && !item.pinned) {
        first = roundUp(cursor + item.lead, room_.align);
        if (i == 0 && item.first <= first) first = std::max(item.first, cursor + item.lead);
      }
      if (item.pinned && first < cursor) refusePinned(item);
      out.push_back({first, sizes_[i]});
      cursor = first + sizes_[i];
      if (sizes_[i] != item.count) moved = true;
    }
    return out;
  }

  std::uint64_t end() const {
    const auto all = places();
    return all.empty() ? room_.first : all.back().first + all.back().count;
  }
  bool fits() const { return end() <= room_.end; }

  std::uint64_t spare(std::size_t i) const {
    if (isNamed(i)) return 0;
    return sizes_[i] > items_[i].minimum ? sizes_[i] - items_[i].minimum : 0;
  }

  void shrink() {
    std::uint64_t spares = 0;
    for (std::size_t i = 0; i < items_.size(); ++i) spares += spare(i);
    const std::uint64_t missing = end() - room_.end;
    if (spares < missing) return;
    std::vector<std::uint64_t> given(items_.size());
    for (std::size_t i = 0; i < items_.size(); ++i) given[i] = share(missing, spare(i), spares);
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (given[i] == 0) continue;
      sizes_[i] = std::max(roundDown(sizes_[i] - given[i], room_.align), items_[i].minimum);
    }
    // What rounding has left over: a step from whoever can spare the most.
    while (!fits()) {
      std::size_t richest = 0;
      for (std::size_t i = 1; i < items_.size(); ++i) {
        if (spare(i) > spare(richest)) richest = i;
      }
      const std::uint64_t step = std::min(spare(richest), room_.align);
      if (step == 0) return;
      sizes_[richest] -= step;
    }
  }

  void grow() {
    const std::uint64_t left = room_.end - end();
    if (rest_) {
      giveRest(*rest_, left);
      return;
    }
    if (request_.mode == FitRequest::Mode::Keep || !request_.sizes.empty()) return;
    if (left < room_.end / kWorthGrowing) return;
    std::uint64_t all = 0;
    for (const FitItem& item : items_) all += item.grows ? item.count : 0;
    if (all == 0) return;
    const std::vector<std::uint64_t> before = sizes_;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (!items_[i].grows) continue;
      const std::uint64_t more = roundDown(share(left, items_[i].count, all), room_.align);
      sizes_[i] = std::max(sizes_[i], roundDown(sizes_[i] + more, room_.align));
    }
    // Rounding up where things begin may have cost more than was left.
    while (!fits()) {
      bool taken = false;
      for (std::size_t i = items_.size(); i-- > 0 && !taken;) {
        if (sizes_[i] < before[i] + room_.align) continue;
        sizes_[i] -= room_.align;
        taken = true;
      }
      if (!taken) break;
    }
    if (!fits()) sizes_ = before;
    giveRest(largestGrowing(), room_.end - end());
  }

  std::size_t largestGrowing() const {
    std::size_t out = 0;
    for (std::size_t i = 1; i < items_.size(); ++i) {
      const bool better = !items_[out].grows || items_[i].count > items_[out].count;
      if (items_[i].grows && better) out = i;
    }
    return out;
  }

  void giveRest(std::size_t at, std::uint64_t left) {
    const FitItem& item = items_[at];
    std::uint64_t size = std::max(sizes_[at], roundDown(sizes_[at] + left, room_.align));
    if (size > item.count && !item.canGrow) size = item.count;
    const std::uint64_t before = sizes_[at];
    sizes_[at] = size;
    while (!fits() && sizes_[at] >= before + room_.align) sizes_[at] -= room_.align;
    if (!fits()) sizes_[at] = before;
  }

  [[noreturn]] void refusePinned(const FitItem& item) const {
    throw Error(ErrorKind::Refused, item.name,
                "cannot be moved, since a boot loader knows it by its place",
                "keep the partitions in front of it as they are (--fit keep)");
  }

  [[noreturn]] void refuse() const {
    std::uint64_t least = 0;
    std::string list;
    const FitItem* largest = nullptr;
    for (const FitItem& item : items_) {
      const std::uint64_t need =
          request_.mode == FitRequest::Mode::Keep ? item.count : std::min(item.count, item.minimum);
      least += need + item.lead;
      list += fmt::format("{}{} at least {}{}", list.empty() ? "" : ", ", item.name,
                          formatSize(bytes(need)),
                          item.whyRigid.empty() ? "" : " (" + item.whyRigid + ")");
      if (!largest || need > std::min(largest->count, largest->minimum)) largest = &item;
    }
    const std::uint64_t have = room_.end > room_.first ? room_.end - room_.first : 0;
    throw Error(ErrorKind::Refused, "the target",
                fmt::format("has room for {}, needed are {}: {} bytes are missing ({})",
                            formatSizeExactly(bytes(have)), formatSizeExactly(bytes(least)),
                            formatCount(bytes(least > have ? least - have : room_.align)), list),
                largest ? fmt::format("choose a larger target, or leave out {} with --partitions",
                                      largest->name)
                        : "choose a larger target");
  }

  const std::vector<FitItem>& items_;
  const FitRoom& room_;
  const FitRequest& request_;
  bool gapless_;
  std::vector<std::uint64_t> sizes_;
  std::optional<std::size_t> rest_;
};

}  // namespace

std::vector<FitPlace> fit(const std::vector<FitItem>& items, const FitRoom& room,
                          const FitRequest& request, bool gapless) {
  return Fitter(items, room, request, gapless).run();
}

}  // namespace disktwin::plan
