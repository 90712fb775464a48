#include "clone/fs/lvm/mapped_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/error.h"

namespace disktwin::fs::lvm {

std::size_t Mapping::runAt(std::uint64_t offset) const {
  const auto at = std::partition_point(runs_.begin(), runs_.end(),
                                       [&](const Run& run) { return run.inside.end() <= offset; });
  return static_cast<std::size_t>(at - runs_.begin());
}

std::uint64_t Mapping::depth(const Run& run, std::size_t column, std::uint64_t bytes) {
  const std::uint64_t row = run.stripe * run.columns.size();
  const std::uint64_t before = run.stripe * column;
  const std::uint64_t rest = bytes % row;
  return bytes / row * run.stripe + std::min(rest - std::min(rest, before), run.stripe);
}

Extent Mapping::pieceAt(std::uint64_t offset) const {
  const Run& run = runs_[runAt(offset)];
  const std::uint64_t inside = offset - run.inside.offset;
  const std::uint64_t stripe = inside / run.stripe;
  const auto column = static_cast<std::size_t>(stripe % run.columns.size());
  const std::uint64_t at = inside % run.stripe;
  return {run.columns[column] + stripe / run.columns.size() * run.stripe + at, run.stripe - at};
}

void MappedReader::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (!extentFits(offset, out.size(), size())) {
    throw Error(
        ErrorKind::Invalid, name_,
        fmt::format("a read of {} bytes at {} passes its end at {}", out.size(), offset, size()));
  }
  while (!out.empty()) {
    const Extent piece = mapping_.pieceAt(offset);
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(piece.length, out.size()));
    base_->read(piece.offset, out.first(part));
    out = out.subspan(part);
    offset += part;
  }
}

std::optional<BlockReader::Backing> MappedReader::backing() const {
  if (size() == 0 || mapping_.pieceAt(0).length != size()) return std::nullopt;
  std::optional<Backing> under = base_->backing();
  if (under) under->offset += mapping_.pieceAt(0).offset;
  return under;
}

}  // namespace disktwin::fs::lvm
