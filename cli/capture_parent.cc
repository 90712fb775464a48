#include "cli/capture_parent.h"

#include <fmt/format.h>

#include "cli/image_name.h"
#include "image/read/names.h"
#include "platform/error.h"
#include "platform/size_text.h"

namespace disktwin::cli {
namespace {

constexpr std::size_t kLong = 50;

void refuseLongChain(const image::ImageReader& parent, std::vector<std::string>& warnings) {
  std::size_t images = 1;
  for (auto at = parent.parent().get(); at; at = at->parent().get()) ++images;
  if (images >= image::kLongestChain) {
    throw Error(ErrorKind::Refused, parent.name(),
                fmt::format("a chain of {} images cannot become longer", images),
                "make a full image of it with `disktwin merge`, and build on that");
  }
  if (images < kLong) return;
  warnings.push_back(fmt::format(
      "{}: {} images build on each other, and each of them is needed; `disktwin merge` makes one "
      "of them.",
      parent.name(), images));
}

}  // namespace

std::unique_ptr<ParentImage> openParent(const std::string& name, const Child& child,
                                        const image::CatalogBuilder::Ask& ask,
                                        std::vector<std::string>& warnings) {
  if (image::fileType(name) != image::FileType::Image) {
    throw Error(ErrorKind::Usage, name, "is no image of this program",
                "--parent names the image that the new one is to build on");
  }
  auto out = std::make_unique<ParentImage>(image::openChain(name, {ask, {}, nullptr}));
  refuseLongChain(out->reader(), warnings);
  for (const std::string& file : image::filesOfChain(out->reader())) {
    refuseSameFile(child.path, file, "a parent");
  }
  if (out->reader().image().head().encrypted() && !child.encrypted) {
    throw Error(ErrorKind::Refused, name, "is encrypted, so what builds on it must be",
                "add --encrypt");
  }
  if (out->diskSize() != child.diskSize) {
    throw Error(ErrorKind::Refused, name,
                fmt::format("holds a disk of {}, the source has {}",
                            formatSizeExactly(out->diskSize()), formatSizeExactly(child.diskSize)),
                "an incremental image needs an earlier one of the same disk; make a full one");
  }
  return out;
}

}  // namespace disktwin::cli
