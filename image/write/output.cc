#include "image/write/output.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "image/read/bytes.h"
#include "image/read/chain.h"
#include "image/read/names.h"
#include "platform/error.h"
#include "platform/standard_streams.h"

namespace disktwin::image {
namespace {

constexpr const char* kPartial = ".partial";

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

[[noreturn]] void refuseBusy(const std::string& partial) {
  throw Error(ErrorKind::Refused, partial, "another run is writing it right now",
              "wait until it has finished, or choose another name");
}

void remove(const std::string& path) {
  std::error_code failed;
  std::filesystem::remove(path, failed);
  if (failed) {
    throw Error(ErrorKind::Write, path, fmt::format("cannot be removed: {}", failed.message()));
  }
}

// Whether the file begins as that volume of the image does.
bool isVolumeOf(const std::string& path, const ImageId& id, unsigned number,
                std::uint64_t position) {
  const ImageBytes bytes(path, {path});
  constexpr std::uint64_t kSize = kOwnOverhead + 2 * sizeof(le32);
  if (bytes.size() < kSize) return false;
  const Bytes first = bytes.readAt(0, kSize);
  if (ownFrameSize(first) != kSize) return false;
  try {
    const OwnFrame frame = parseOwnFrame(first, position, id, path);
    return frame.kind == kVolume && structAt<le32>(frame.body, 0) == number;
  } catch (const Error&) {
    return false;  // of another image, or of another place in it
  }
}

}  // namespace

void Output::skip(std::uint64_t) {
  throw Error(ErrorKind::Failed, "output", "nothing is there to be passed over");
}

void StandardOutput::write(ByteView frame) {
  writeStandardOutput(frame);
  position_ += frame.size();
}

void StandardOutput::finish() {
  flushStandardOutput();
}

PartialLock::PartialLock(const std::string& path) {
  for (const bool split : {false, true}) {
    for (const std::string& name : FileOutput::partialsOf(path, split)) {
      files_.push_back(File::openWrite(name));
      if (!files_.back().lock()) refuseBusy(name);
    }
  }
}

FileOutput::FileOutput(std::string path, const FileOptions& options)
    : path_(std::move(path)), options_(options), resuming_(options.resume) {
  if (!resuming_) {
    for (const bool split : {false, true}) {
      for (const std::string& name : partialsOf(path_, split)) remove(name);
    }
  }
  openVolume();
}

std::vector<std::string> FileOutput::partialsOf(const std::string& path, bool split) {
  if (!split) {
    const std::string name = path + kPartial;
    return exists(name) ? std::vector{name} : std::vector<std::string>{};
  }
  std::vector<std::string> out;
  for (const unsigned number : volumesNamed(path, kPartial)) {
    out.push_back(volumeName(path, number) + kPartial);
  }
  return out;
}

std::vector<unsigned> FileOutput::namedEarly(const std::string& path) {
  const std::vector<std::string> partials = partialsOf(path, true);
  if (partials.empty() || partials.front() != volumeName(path, 1) + kPartial) return {};
  const std::optional<Head> head = peekHead(partials.front());
  if (!head) return {};
  std::uint64_t position = 0;
  for (const std::string& name : partials) position += File::openRead(name).size();
  std::vector<unsigned> out;
  for (auto number = static_cast<unsigned>(partials.size()) + 1;; ++number) {
    const std::string name = volumeName(path, number);
    if (!exists(name) || !isVolumeOf(name, head->id, number, position)) return out;
    position += File::openRead(name).size();
    out.push_back(number);
  }
}

std::vector<std::string> FileOutput::leftOf(const std::string& path, bool split) {
  std::vector<std::string> out = partialsOf(path, split);
  if (!split) return out;
  for (const unsigned number : namedEarly(path)) out.push_back(volumeName(path, number));
  return out;
}

void FileOutput::takeBack(const std::string& path) {
  // The last one is the last again: what a run that ends here leaves can be taken back as well.
  for (const unsigned number : namedEarly(path)) {
    const std::string name = volumeName(path, number);
    renameDurably(name, name + kPartial, false);
  }
}

std::string FileOutput::nameOf(unsigned volume) const {
  return options_.splitAt == 0 ? path_ : volumeName(path_, volume);
}

void FileOutput::openVolume() {
  const std::string name = nameOf(volume_) + kPartial;
  if (resuming_ && exists(name)) {
    file_ = File::openWrite(name);
  } else {
    file_ = File::create(name, 0);
    if (volume_ == 1) {
      lock_ = File::openWrite(name);
      // Another run may have found the new file in the moment before it was locked, and replaced
      // it.
      if (!lock_->lock() || !lock_->isStillNamed(name)) refuseBusy(name);
    }
  }
  volumeBegan_ = position_;
}

bool FileOutput::needsNextVolume(std::uint64_t bytes) const {
  const std::uint64_t used = position_ - volumeBegan_;
  return options_.splitAt != 0 && used != 0 && used + bytes > options_.splitAt;
}

// Nothing may be left behind the last frame of a volume.
void FileOutput::endVolume() {
  if (resuming_) file_->truncate(position_ - volumeBegan_);
  file_->flush();
}

void FileOutput::nextVolume() {
  if (volume_ == kMostVolumes) {
    throw Error(ErrorKind::Failed, path_, fmt::format("needs more than {} volumes", kMostVolumes),
                "choose a larger --split");
  }
  endVolume();
  ++volume_;
  openVolume();
}

void FileOutput::write(ByteView frame) {
  file_->writeAt(position_ - volumeBegan_, frame);
  position_ += frame.size();
}

void FileOutput::skip(std::uint64_t bytes) {
  position_ += bytes;
}

void FileOutput::cut() {
  file_->truncate(position_ - volumeBegan_);
  resuming_ = false;
  if (options_.splitAt == 0) return;
  for (const unsigned number : volumesNamed(path_, kPartial)) {
    if (number > volume_) remove(volumeName(path_, number) + kPartial);
  }
}

// What an image that is replaced leaves over: more volumes, or the other form.
void FileOutput::removeOld() {
  if (options_.splitAt != 0 && exists(path_)) remove(path_);
  for (const unsigned number : volumesNamed(path_)) {
    if (options_.splitAt == 0 || number > volume_) remove(volumeName(path_, number));
  }
}

void FileOutput::finish() {
  endVolume();
  const std::string last = nameOf(volume_) + kPartial;
  if (!file_->isStillNamed(last)) {
    throw Error(ErrorKind::Write, last, "somebody has put another file in its place",
                "the image is lost; start again, and keep others away from it");
  }
  file_.reset();
  if (options_.replace) refuseForeign(path_);
  // The first volume last: until then there is no image by that name (see namedEarly()).
  if (options_.replace && options_.splitAt != 0 && exists(nameOf(1))) remove(nameOf(1));
  for (unsigned number = volume_; number >= 1; --number) {
    renameDurably(nameOf(number) + kPartial, nameOf(number), options_.replace);
  }
  if (options_.replace) removeOld();
}

}  // namespace disktwin::image
