#include "cli/inside.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "clone/files/open.h"
#include "clone/plan/regions.h"
#include "image/read/names.h"
#include "platform/error.h"

namespace disktwin::cli {
namespace {

bool isThere(const DeviceTree& tree, const std::string& path) {
  std::error_code ignored;
  return !path.empty() &&
         (tree.byPath(path) || std::filesystem::exists(path, ignored) || image::namesImage(path));
}

// The number behind the colon at `colon`, when it ends the word or a '/' follows.
std::optional<std::uint32_t> numberBehind(const std::string& word, std::size_t colon) {
  std::uint32_t number = 0;
  const char* begin = word.data() + colon + 1;
  const char* last = word.data() + word.size();
  const auto [end, error] = std::from_chars(begin, last, number);
  if (error != std::errc() || (end != last && *end != '/')) return std::nullopt;
  return number;
}

std::string withoutSlashes(std::string path) {
  path.erase(0, std::min(path.find_first_not_of('/'), path.size()));
  while (path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

Inside parseInside(const DeviceTree& tree, const std::string& word) {
  if (isThere(tree, word)) return {word, std::nullopt, {}};
  for (std::size_t at = word.rfind(':'); at != word.npos && at != 0; at = word.rfind(':', at - 1)) {
    const auto number = numberBehind(word, at);
    const std::string source = word.substr(0, at);
    if (!number || !isThere(tree, source)) continue;
    const std::size_t slash = word.find('/', at);
    return {source, number, slash == word.npos ? "" : withoutSlashes(word.substr(slash))};
  }
  throw Error(ErrorKind::Failed, word, "not found",
              "name a disk, raw file or image, and what is inside as in disk.img.zst:2/etc");
}

const plan::Volume& volumeOf(const Source& source, const Inside& inside) {
  const plan::Survey& survey = source.survey;
  const bool bare = survey.layout.kind == table::TableKind::None;
  if (const plan::Volume* found = survey.find(inside.partition.value_or(0))) return *found;
  std::string numbers;
  for (const plan::Volume& volume : survey.volumes) {
    numbers += fmt::format("{}{}", numbers.empty() ? "" : ", ", volume.partition);
  }
  if (!inside.partition) {
    throw Error(ErrorKind::Usage, inside.source, "has partitions, and none is named",
                fmt::format("as in {}:{}/", inside.source, numbers.substr(0, numbers.find(','))));
  }
  throw Error(ErrorKind::Usage, inside.source,
              fmt::format("has no partition {}", *inside.partition),
              bare ? "it has no partition table: leave the number out, or make it 0"
                   : "there are: " + numbers);
}

std::unique_ptr<files::FileTree> openFiles(const Source& source, const plan::Volume& volume) {
  try {
    if (volume.type.empty()) {
      throw Error(ErrorKind::Failed, "", "nothing known was found on it");
    }
    files::OpenOptions options;
    options.limits = files::kForAllOfIt;
    return files::openTree(volume.reader, volume.type, options);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::Failed && error.kind() != ErrorKind::Invalid) throw;
    throw Error(error.kind(),
                fmt::format("{} of {}", plan::volumeName(volume), source.endpoint.path),
                "its files cannot be read: " + error.detail(), error.hint());
  }
}

}  // namespace disktwin::cli
