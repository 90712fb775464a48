#include "image/write/output.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

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

void remove(const std::string& path) {
  std::error_code failed;
  std::filesystem::remove(path, failed);
  if (failed) {
    throw Error(ErrorKind::Write, path, fmt::format("cannot be removed: {}", failed.message()));
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

FileOutput::FileOutput(std::string path, std::uint64_t splitAt, bool resume)
    : path_(std::move(path)), splitAt_(splitAt) {
  if (!resume) removePartials(path_);
  openVolume();
}

std::vector<std::string> FileOutput::partialsOf(const std::string& path, bool split) {
  if (!split) {
    const std::string name = path + kPartial;
    return exists(name) ? std::vector{name} : std::vector<std::string>{};
  }
  std::vector<std::string> out;
  for (unsigned number = 1;; ++number) {
    const std::string name = volumeName(path, number) + kPartial;
    if (!exists(name)) return out;
    out.push_back(name);
  }
}

void FileOutput::removePartials(const std::string& path) {
  for (const bool split : {false, true}) {
    for (const std::string& name : partialsOf(path, split)) remove(name);
  }
}

std::string FileOutput::nameOf(unsigned volume) const {
  return splitAt_ == 0 ? path_ : volumeName(path_, volume);
}

void FileOutput::openVolume() {
  const std::string name = nameOf(volume_) + kPartial;
  file_ = exists(name) ? File::openWrite(name) : File::create(name, 0);
  volumeBegan_ = position_;
}

bool FileOutput::needsNextVolume(std::uint64_t bytes) const {
  const std::uint64_t used = position_ - volumeBegan_;
  return splitAt_ != 0 && used != 0 && used + bytes > splitAt_;
}

void FileOutput::nextVolume() {
  file_->flush();
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
  if (splitAt_ == 0) return;
  for (unsigned number = volume_ + 1; exists(volumeName(path_, number) + kPartial); ++number) {
    remove(volumeName(path_, number) + kPartial);
  }
}

// What an image that is replaced leaves over: more volumes, or the other form.
void FileOutput::removeOld() {
  if (splitAt_ != 0 && exists(path_)) remove(path_);
  for (const unsigned number : volumesNamed(path_)) {
    if (splitAt_ == 0 || number > volume_) remove(volumeName(path_, number));
  }
}

void FileOutput::finish() {
  file_->flush();
  file_.reset();
  // The first volume last: until then there is nothing by that name.
  if (splitAt_ != 0 && exists(nameOf(1))) remove(nameOf(1));
  for (unsigned number = volume_; number >= 1; --number) {
    renameDurably(nameOf(number) + kPartial, nameOf(number));
  }
  removeOld();
}

}  // namespace disktwin::image
