#include "clone/io/window.h"

#include <fmt/format.h>

#include <utility>

#include "platform/error.h"

namespace disktwin {

Window::Window(ReaderPtr base, Extent within, std::string name)
    : base_(std::move(base)), within_(within), name_(std::move(name)) {
  if (name_.empty()) name_ = base_->name();
  if (!extentFits(within.offset, within.length, base_->size())) {
    throw Error(ErrorKind::Invalid, name_,
                fmt::format("needs bytes {} to {}, but {} has only {}", within.offset,
                            within.offset + within.length, base_->name(), base_->size()),
                {}, within);
  }
}

void Window::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (!extentFits(offset, out.size(), within_.length)) {
    throw Error(ErrorKind::Invalid, name_,
                fmt::format("a read of {} bytes at {} passes its end at {}", out.size(), offset,
                            within_.length));
  }
  base_->read(within_.offset + offset, out);
}

Extent Window::nextData(std::uint64_t from) const {
  if (from >= within_.length) return {within_.length, 0};
  const Extent found = intersection(base_->nextData(within_.offset + from), within_);
  if (found.empty()) return {within_.length, 0};
  return {found.offset - within_.offset, found.length};
}

std::optional<BlockReader::Backing> Window::backing() const {
  std::optional<Backing> under = base_->backing();
  if (under) under->offset += within_.offset;
  return under;
}

}  // namespace disktwin
