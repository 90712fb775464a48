#include "cli/image_check.h"

#include <fmt/format.h>

#include <utility>

#include "image/read/names.h"
#include "platform/error.h"

namespace disktwin::cli {
namespace {

// Lines of text; the events name all.
constexpr std::size_t kMostNamed = 20;

}  // namespace

Source openFromMedium(const DeviceTree& tree, const std::string& path,
                      const SourceOptions& options) {
  for (const std::string& file : image::filesOf(path)) File::openRead(file).dropCaches();
  return openSource(tree, path, options);
}

std::vector<image::Damage> checkChain(const image::ImageReader* top, bool parents,
                                      copy::Progress& progress) {
  std::vector<image::Damage> out;
  for (const image::ImageReader* at = top; at; at = parents ? at->parent().get() : nullptr) {
    for (image::Damage& damage : image::checkData(at->image(), progress)) {
      damage.text = fmt::format("{}: {}", at->name(), damage.text);
      out.push_back(std::move(damage));
    }
  }
  return out;
}

std::vector<image::Damage> checkImage(const Source& source, bool parents,
                                      copy::Progress& progress) {
  std::vector<image::Damage> out = checkChain(source.image.get(), parents, progress);
  // Of damaged data nothing can be said.
  if (out.empty()) out = image::checkContents(*source.catalog, source.image);
  return out;
}

void reportDamage(Output& output, const std::string& path,
                  const std::vector<image::Damage>& damages) {
  std::size_t named = 0;
  for (const image::Damage& damage : damages) {
    output.event(
        "damage",
        {{"offset", damage.disk.offset}, {"length", damage.disk.length}, {"text", damage.text}});
    if (named++ < kMostNamed) output.line(damage.text);
  }
  if (named > kMostNamed) output.line(fmt::format("... and {} more places", named - kMostNamed));
  if (damages.empty()) return;
  throw Error(ErrorKind::Invalid, path,
              fmt::format("{} place{} damaged or missing", damages.size(),
                          damages.size() == 1 ? " is" : "s are"),
              "restore --salvage saves all that is whole", damages.front().disk);
}

}  // namespace disktwin::cli
