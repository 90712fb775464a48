#include "image/read/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "platform/error.h"

namespace disktwin::image {
namespace {

namespace stdfs = std::filesystem;

bool exists(const std::string& path) {
  std::error_code ignored;
  return stdfs::exists(path, ignored);
}

// The number at the end of "NAME.007"; 0 when there is none.
unsigned volumeNumber(const std::string& name) {
  const std::size_t dot = name.find_last_of('.');
  if (dot == std::string::npos || name.size() - dot - 1 < 3) return 0;
  unsigned number = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + dot + 1, end, number);
  return error == std::errc() && stop == end ? number : 0;
}

}  // namespace

std::string volumeName(const std::string& base, unsigned number) {
  return fmt::format("{}.{:03}", base, number);
}

std::string baseName(const std::string& path) {
  return volumeNumber(path) == 1 ? path.substr(0, path.find_last_of('.')) : path;
}

bool isVolumeName(const std::string& path) {
  return volumeNumber(path) != 0;
}

std::vector<unsigned> volumesNamed(const std::string& base, const std::string& ending) {
  std::vector<unsigned> out;
  const stdfs::path path(base);
  std::error_code failed;
  const stdfs::path folder = path.has_parent_path() ? path.parent_path() : stdfs::path(".");
  for (stdfs::directory_iterator it(folder, failed), end; !failed && it != end;
       it.increment(failed)) {
    std::string name = it->path().filename().string();
    if (!name.ends_with(ending)) continue;
    name.resize(name.size() - ending.size());
    const unsigned number = volumeNumber(name);
    if (number != 0 && name == volumeName(path.filename().string(), number)) out.push_back(number);
  }
  std::sort(out.begin(), out.end());
  return out;
}

bool anythingNamed(const std::string& path) {
  return exists(path) || !volumesNamed(path).empty();
}

std::vector<std::string> filesLeftOf(const std::string& path) {
  if (exists(path) && baseName(path) == path) return {path};
  std::vector<std::string> out;
  for (const unsigned number : volumesNamed(baseName(path))) {
    out.push_back(volumeName(baseName(path), number));
  }
  if (out.empty()) {
    throw Error(ErrorKind::Failed, path, "not found", "name an image, a disk or a file");
  }
  return out;
}

std::vector<std::string> filesOf(const std::string& path) {
  const std::string base = baseName(path);
  if ((exists(path) && base == path) || volumesNamed(base).empty()) return filesLeftOf(path);
  const std::vector<unsigned> numbers = volumesNamed(base);
  std::vector<std::string> out;
  for (unsigned number = 1; number <= numbers.back(); ++number) {
    const std::string name = volumeName(base, number);
    if (!std::binary_search(numbers.begin(), numbers.end(), number)) {
      throw Error(ErrorKind::Invalid, name, "this volume of the image is missing",
                  exists(name + ".partial")
                      ? std::string("the image is unfinished: its capture again, with --resume")
                      : fmt::format("put it beside {}", volumeName(base, numbers.front())));
    }
    out.push_back(name);
  }
  return out;
}

}  // namespace disktwin::image
