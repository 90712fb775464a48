#include "platform/line_splitter.h"

#include "platform/wipe.h"

namespace disktwin {

LineSplitter::~LineSplitter() {
  wipe(held_);
}

LineSplitter::Line LineSplitter::take() {
  Line out{isTooLong_ ? std::string() : held_, isTooLong_};
  wipe(held_);
  isTooLong_ = false;
  return out;
}

std::optional<LineSplitter::Line> LineSplitter::next(std::string_view& bytes) {
  const std::size_t end = bytes.find('\n');
  const std::string_view part = bytes.substr(0, end);
  if (part.size() > longest_ - held_.size()) isTooLong_ = true;
  if (isTooLong_) {
    wipe(held_);
  } else {
    held_.append(part);
  }
  bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1);
  if (end == bytes.npos) return std::nullopt;
  return take();
}

std::optional<LineSplitter::Line> LineSplitter::last() {
  if (held_.empty() && !isTooLong_) return std::nullopt;
  return take();
}

}  // namespace disktwin
