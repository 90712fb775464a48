#include "image/read/front_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "platform/error.h"

namespace disktwin::image {

const Bytes& FrontCell::plain() {
  std::call_once(once_, [this] { plain_ = decode(); });
  return plain_;
}

void FrontCell::copyTo(std::uint64_t offset, std::span<std::byte> out) {
  if (isZero()) {
    std::memset(out.data(), 0, out.size());
  } else {
    std::memcpy(out.data(), plain().data() + (offset - disk_.offset), out.size());
  }
}

void FrontReader::expect(ExtentSet wanted, ExtentSet kept) {
  const std::lock_guard lock(mutex_);
  wanted_ = unite(wanted, kept);
  kept_ = std::move(kept);
}

void FrontReader::release(std::uint64_t offset) {
  const std::lock_guard lock(mutex_);
  released_ = std::max(released_, offset);
  while (!cells_.empty() && cells_.front()->disk().end() <= released_) cells_.pop_front();
}

void FrontReader::finish() {
  const std::lock_guard lock(mutex_);
  // Whatever was to be read has been; a cell that is still waited for must not be thrown away.
  while (!ended_) {
    const std::shared_ptr<FrontCell> cell = pull();
    if (cell) {
      takeIn(cell);
      cells_.clear();
    } else {
      ended_ = true;
    }
  }
}

void FrontReader::pullTo(std::uint64_t offset) const {
  // Taking in is what reading from a stream is; nothing of it can be seen from outside.
  auto& self = const_cast<FrontReader&>(*this);
  while (!ended_ && self.reached() <= offset) {
    if (const std::shared_ptr<FrontCell> cell = self.pull()) {
      takeIn(cell);
    } else {
      ended_ = true;
    }
  }
}

void FrontReader::takeIn(const std::shared_ptr<FrontCell>& cell) const {
  if (!wanted_.intersects(cell->disk())) return;
  if (kept_.intersects(cell->disk())) stash(*cell);
  if (cell->disk().end() > released_) cells_.push_back(cell);
}

void FrontReader::stash(FrontCell& cell) const {
  for (const Extent& kept : kept_.clipped(cell.disk())) {
    Bytes bytes(static_cast<std::size_t>(kept.length));
    cell.copyTo(kept.offset, bytes);
    stash_[kept.offset] = std::move(bytes);
  }
}

// Null when nothing came in there: then up to `gapEnds`.
std::shared_ptr<FrontCell> FrontReader::cellAt(std::uint64_t offset, std::uint64_t& gapEnds) const {
  for (const std::shared_ptr<FrontCell>& cell : cells_) {
    if (cell->disk().end() <= offset) continue;
    if (cell->disk().offset <= offset) return cell;
    gapEnds = cell->disk().offset;
    return nullptr;
  }
  gapEnds = ended_ ? size() : std::max(offset + 1, reached());
  return nullptr;
}

bool FrontReader::readKept(std::uint64_t offset, std::span<std::byte> out) const {
  if (!kept_.contains({offset, out.size()})) return false;
  readBelow(offset, out);
  const Extent wanted{offset, out.size()};
  auto piece = stash_.upper_bound(offset);
  if (piece != stash_.begin()) --piece;
  for (; piece != stash_.end() && piece->first < wanted.end(); ++piece) {
    const Extent part = intersection({piece->first, piece->second.size()}, wanted);
    if (part.empty()) continue;
    std::memcpy(out.data() + (part.offset - offset),
                piece->second.data() + (part.offset - piece->first),
                static_cast<std::size_t>(part.length));
  }
  return true;
}

void FrontReader::readBelow(std::uint64_t, std::span<std::byte> out) const {
  std::memset(out.data(), 0, out.size());
}

void FrontReader::read(std::uint64_t offset, std::span<std::byte> out) const {
  while (!out.empty()) {
    std::shared_ptr<FrontCell> cell;
    std::size_t part = out.size();
    {
      const std::lock_guard lock(mutex_);
      pullTo(offset);
      if (readKept(offset, out)) return;
      if (offset < released_) {
        throw Error(ErrorKind::Failed, name(),
                    fmt::format("byte {} of the disk has gone by already", offset),
                    "please report this");
      }
      std::uint64_t gapEnds = size();
      cell = cellAt(offset, gapEnds);
      const std::uint64_t to = cell ? cell->disk().end() : gapEnds;
      part = static_cast<std::size_t>(std::min<std::uint64_t>(part, to - offset));
    }
    if (cell) {
      cell->copyTo(offset, out.first(part));
    } else {
      readBelow(offset, out.first(part));
    }
    offset += part;
    out = out.subspan(part);
  }
}

Extent FrontReader::nextData(std::uint64_t from) const {
  if (from >= size()) return {size(), 0};
  const std::lock_guard lock(mutex_);
  pullTo(from);
  if (kept_.intersects({from, 1})) return {from, 1};
  std::uint64_t gapEnds = size();
  const std::shared_ptr<FrontCell> cell = cellAt(from, gapEnds);
  if (cell) return {from, cell->disk().end() - from};
  const Extent here = gapEnds < size() ? Extent{gapEnds, size() - gapEnds} : Extent{size(), 0};
  const Extent below = nextBelow(from);
  return !below.empty() && (here.empty() || below.offset < here.offset) ? below : here;
}

}  // namespace disktwin::image
