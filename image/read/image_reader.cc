#include "image/read/image_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <thread>
#include <utility>

#include "image/read/cell.h"
#include "platform/error.h"

namespace disktwin::image {
namespace {

// Decoded cells that are kept, in bytes: readers of filesystems go to and fro.
constexpr std::size_t kBytesKept = 48U << 20;

// Index into Record::chunks of a chunk that is present.
std::size_t hashIndex(std::uint32_t present, unsigned chunk) {
  return static_cast<std::size_t>(std::popcount(present & ((1U << chunk) - 1)));
}

}  // namespace

void Losses::add(Extent disk, const std::string& why) {
  const std::lock_guard lock(mutex_);
  lost_.emplace(disk, why);
}

std::vector<std::pair<Extent, std::string>> Losses::take() {
  const std::lock_guard lock(mutex_);
  const auto lost = std::exchange(lost_, {});
  return {lost.begin(), lost.end()};
}

ImageReader::ImageReader(std::shared_ptr<const OpenImage> image,
                         std::shared_ptr<const ImageReader> parent, std::shared_ptr<Losses> losses)
    : image_(std::move(image)),
      parent_(std::move(parent)),
      losses_(std::move(losses)),
      kept_(std::max<std::size_t>(kBytesKept / image_->head().frameBytes, 3)) {}

std::uint32_t ImageReader::sectorSize() const {
  const std::uint32_t sector = image_->catalog().info.sectorSize;
  return sector == 0 ? 512 : sector;
}

bool ImageReader::decode(const Record& record, std::span<std::byte> out) const {
  try {
    image_->readCell(record, out);
    return true;
  } catch (const Error& error) {
    const bool bad = error.kind() == ErrorKind::Invalid || error.kind() == ErrorKind::Read;
    if (!losses_ || !bad) throw;
    losses_->add(record.disk(), error.detail());
    std::memset(out.data(), 0, out.size());
    return false;
  }
}

std::shared_ptr<ImageReader::Cell> ImageReader::cellOf(const Record& record) const {
  std::shared_ptr<Cell> cell;
  {
    const std::lock_guard lock(mutex_);
    const auto known = std::find_if(recent_.begin(), recent_.end(),
                                    [&](const auto& c) { return c->offset == record.offset; });
    if (known != recent_.end()) {
      recent_.splice(recent_.begin(), recent_, known);
    } else {
      recent_.push_front(std::make_shared<Cell>());
      recent_.front()->offset = record.offset;
      if (recent_.size() > kept_) recent_.pop_back();
    }
    cell = recent_.front();
  }
  std::call_once(cell->once, [&] {
    Bytes plain(record.length);
    cell->lost = !decode(record, plain);
    cell->plain = std::move(plain);
  });
  return cell;
}

void ImageReader::readBelow(std::uint64_t offset, std::span<std::byte> out) const {
  if (parent_) {
    parent_->read(offset, out);
  } else {
    std::memset(out.data(), 0, out.size());
  }
}

// `part` is relative to the cell.
void ImageReader::readFromCell(const Record& record, Extent part, std::span<std::byte> out) const {
  const bool whole = part == Extent{0, record.length};
  if (whole && (record.present | record.zero) == allChunks(record.length)) {
    decode(record, out);
    return;
  }
  const std::shared_ptr<Cell> cell = cellOf(record);
  for (std::uint64_t at = part.offset; at < part.end();) {
    const auto chunk = static_cast<unsigned>(at / kChunkBytes);
    const Extent piece = intersection(chunkExtent(chunk, record.length), {at, part.end() - at});
    const auto to = out.subspan(static_cast<std::size_t>(at - part.offset),
                                static_cast<std::size_t>(piece.length));
    if (((record.present | record.zero) >> chunk & 1) != 0) {
      std::memcpy(to.data(), cell->plain.data() + at, to.size());
    } else {
      readBelow(record.offset + at, to);
    }
    at = piece.end();
  }
}

void ImageReader::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (!extentFits(offset, out.size(), size())) {
    throw Error(ErrorKind::Invalid, name(), "a read beyond the end of its disk");
  }
  while (!out.empty()) {
    const std::shared_ptr<const Record> record = image_->recordAt(offset);
    const std::uint64_t begins = record ? record->offset : size();
    const bool covered = record && begins <= offset;
    const std::uint64_t to = covered ? record->disk().end() : begins;
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), to - offset));
    if (!covered) {
      noteLost({offset, part});
      readBelow(offset, out.first(part));
    } else if (record->isZeroRun()) {
      std::memset(out.data(), 0, part);
    } else {
      readFromCell(*record, {offset - begins, part}, out.first(part));
    }
    offset += part;
    out = out.subspan(part);
  }
}

// Where nothing was found of a damaged image, there is no telling whether there was nothing.
void ImageReader::noteLost(Extent range) const {
  if (!losses_ || image_->lost().empty()) return;
  for (const Extent& lost : image_->lost().clipped(range)) {
    losses_->add(lost, "nothing was found of it");
  }
}

Extent ImageReader::nextData(std::uint64_t from) const {
  if (from >= size()) return {size(), 0};
  const ExtentSet lost = image_->lost().clipped({from, size() - from});
  Extent found = lost.empty() ? Extent{size(), 0} : lost.extents().front();
  for (std::uint64_t at = from; at < size();) {
    const std::shared_ptr<const Record> record = image_->recordAt(at);
    if (!record) break;
    if (!record->isZeroRun()) {
      const std::uint64_t begins = std::max(record->offset, from);
      if (found.empty() || begins < found.offset) found = {begins, record->disk().end() - begins};
      break;
    }
    at = record->disk().end();
  }
  if (!parent_) return found;
  const Extent below = parent_->nextData(from);
  if (below.empty()) return found;
  return found.empty() || below.offset < found.offset ? below : found;
}

std::optional<Hash128> ImageReader::chunkAt(std::uint64_t offset) const {
  const std::shared_ptr<const Record> record = image_->recordAt(offset);
  if (record && record->offset <= offset) {
    if (record->isZeroRun()) return std::nullopt;
    const auto chunk = static_cast<unsigned>((offset - record->offset) / kChunkBytes);
    if ((record->present >> chunk & 1) != 0)
      return record->chunks[hashIndex(record->present, chunk)];
    if ((record->zero >> chunk & 1) != 0) return std::nullopt;
  }
  return parent_ ? parent_->chunkAt(offset) : std::nullopt;
}

}  // namespace disktwin::image
