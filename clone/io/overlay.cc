#include "clone/io/overlay.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "platform/error.h"

namespace disktwin {

Overlay::Overlay(ReaderPtr source, std::uint64_t size, Place place)
    : source_(std::move(source)), size_(size), place_(std::move(place)) {
  if (place_.target == nullptr) place_.within.length = 0;
}

bool Overlay::isWritten(std::uint64_t unit) const {
  const auto part = map_.find(unit / kUnits);
  return part != map_.end() && part->second->test(unit % kUnits);
}

void Overlay::mark(std::uint64_t unit) {
  auto& part = map_[unit / kUnits];
  if (!part) part = std::make_unique<Part>();
  part->set(unit % kUnits);
}

Extent Overlay::bytesOf(std::uint64_t unit) const {
  return {unit * kUnit, std::min(kUnit, size_ - unit * kUnit)};
}

File& Overlay::spill() {
  if (!spill_) spill_ = std::make_unique<File>(File::temporary(size_));
  return *spill_;
}

void Overlay::readWritten(std::uint64_t offset, std::span<std::byte> out) const {
  const std::uint64_t room = place_.within.length;
  const std::uint64_t here = offset < room ? std::min<std::uint64_t>(out.size(), room - offset) : 0;
  const auto count = static_cast<std::size_t>(here);
  if (count > 0) place_.reader->read(place_.within.offset + offset, out.first(count));
  if (count < out.size()) spill_->readAt(offset + count, out.subspan(count));
}

void Overlay::readSource(std::uint64_t offset, std::span<std::byte> out) const {
  const std::uint64_t size = source_->size();
  const std::uint64_t here = offset < size ? std::min<std::uint64_t>(out.size(), size - offset) : 0;
  const auto count = static_cast<std::size_t>(here);
  if (count > 0) source_->read(offset, out.first(count));
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(count), out.end(), std::byte{0});
}

void Overlay::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (!extentFits(offset, out.size(), size_)) {
    throw Error(ErrorKind::Invalid, name(), "read beyond the end", {}, Extent{offset, out.size()});
  }
  // Neighbours of one kind are read as one.
  while (!out.empty()) {
    const std::uint64_t first = offset / kUnit;
    const bool written = isWritten(first);
    std::uint64_t end = first + 1;
    while (end * kUnit < offset + out.size() && isWritten(end) == written) ++end;
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), end * kUnit - offset));
    if (written) {
      readWritten(offset, out.first(count));
    } else {
      readSource(offset, out.first(count));
    }
    out = out.subspan(count);
    offset += count;
  }
}

void Overlay::read(std::uint64_t offset, std::span<std::byte> out) {
  std::as_const(*this).read(offset, out);
}

void Overlay::put(std::uint64_t offset, std::span<const std::byte> data) {
  const std::uint64_t room = place_.within.length;
  const std::uint64_t here =
      offset < room ? std::min<std::uint64_t>(data.size(), room - offset) : 0;
  const auto count = static_cast<std::size_t>(here);
  if (count > 0) place_.target->write(place_.within.offset + offset, data.first(count));
  if (count < data.size()) spill().writeAt(offset + count, data.subspan(count));
}

// Whole units: what a write leaves of one is filled in from what was there.
void Overlay::write(std::uint64_t offset, std::span<const std::byte> data) {
  if (data.empty()) return;
  const std::uint64_t first = offset / kUnit;
  const std::uint64_t last = (offset + data.size() - 1) / kUnit;
  const Extent whole{first * kUnit, bytesOf(last).end() - first * kUnit};
  if (whole == Extent{offset, data.size()}) {
    put(offset, data);
  } else {
    std::vector<std::byte> bytes(static_cast<std::size_t>(whole.length));
    std::as_const(*this).read(whole.offset, bytes);
    std::copy(data.begin(), data.end(),
              bytes.begin() + static_cast<std::ptrdiff_t>(offset - whole.offset));
    put(whole.offset, bytes);
  }
  for (std::uint64_t unit = first; unit <= last; ++unit) mark(unit);
}

void Overlay::zero(Extent range) {
  static constexpr std::size_t kPart = 1U << 20;
  const std::vector<std::byte> zeroes(
      static_cast<std::size_t>(std::min<std::uint64_t>(range.length, kPart)));
  while (!range.empty()) {
    const std::uint64_t count = std::min<std::uint64_t>(range.length, zeroes.size());
    write(range.offset, std::span(zeroes).first(static_cast<std::size_t>(count)));
    range = {range.offset + count, range.length - count};
  }
}

ExtentSet Overlay::written() const {
  std::vector<Extent> out;
  for (const auto& [number, part] : map_) {
    for (std::size_t i = 0; i < kUnits; ++i) {
      if (!part->test(i)) continue;
      const Extent here = bytesOf(number * kUnits + i);
      if (!out.empty() && out.back().end() == here.offset) {
        out.back().length += here.length;
      } else {
        out.push_back(here);
      }
    }
  }
  return ExtentSet::from(std::move(out)).clipped({0, place_.within.length});
}

}  // namespace disktwin
