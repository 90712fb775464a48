#include "image/read/bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/standard_streams.h"

namespace disktwin::image {

ImageBytes::ImageBytes(std::string name, const std::vector<std::string>& files)
    : name_(std::move(name)) {
  for (const std::string& path : files) {
    volumes_.push_back({File::openRead(path), size_});
    size_ += volumes_.back().file.size();
  }
}

void ImageBytes::readAt(std::uint64_t position, std::span<std::byte> out) const {
  Cancellation::check();
  if (!extentFits(position, out.size(), size_)) {
    throw Error(ErrorKind::Invalid, name_,
                fmt::format("ends at byte {}, expected at least {}: it is cut", size_,
                            position + out.size()));
  }
  auto volume = std::upper_bound(volumes_.begin(), volumes_.end(), position,
                                 [](std::uint64_t at, const Volume& v) { return at < v.begins; });
  for (--volume; !out.empty(); ++volume) {
    const std::uint64_t within = position - volume->begins;
    const auto part =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), volume->file.size() - within));
    volume->file.readAt(within, out.first(part));
    out = out.subspan(part);
    position += part;
  }
}

void ImageBytes::prefetch(Extent range) const {
  for (const Volume& volume : volumes_) {
    const Extent part = intersection(range, {volume.begins, volume.file.size()});
    if (!part.empty()) volume.file.prefetch({part.offset - volume.begins, part.length});
  }
}

Bytes ImageBytes::readAt(std::uint64_t position, std::uint64_t count) const {
  // Before so much memory is asked for.
  if (!extentFits(position, count, size_)) {
    throw Error(ErrorKind::Invalid, name_,
                fmt::format("ends at byte {}, expected more: it is cut", size_));
  }
  Bytes out(static_cast<std::size_t>(count));
  readAt(position, std::span(out));
  return out;
}

std::size_t StandardInput::read(std::span<std::byte> out) {
  return readStandardInput(out);
}

std::size_t BytesFromFront::read(std::span<std::byte> out) {
  const auto count =
      static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), bytes_->size() - at_));
  bytes_->readAt(at_, out.first(count));
  at_ += count;
  return count;
}

}  // namespace disktwin::image
