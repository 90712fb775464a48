#include "cli/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "clone/plan/regions.h"
#include "image/read/check.h"
#include "image/read/names.h"
#include "platform/error.h"
#include "platform/terminal.h"

namespace disktwin::cli {
namespace {

bool isDevice(const DeviceTree& tree, const std::string& path) {
  return tree.byPath(path) != nullptr;
}

image::ChainOptions chainOptions(const SourceOptions& options) {
  image::ChainOptions out{options.passphrase, options.parents, nullptr};
  if (options.salvage) out.losses = std::make_shared<image::Losses>();
  return out;
}

Source openDisk(const DeviceTree& tree, const std::string& path, const SourceOptions& options) {
  Source out;
  out.endpoint = plan::describeEndpoint(tree, path);
  out.survey = plan::survey(plan::openSource(tree, out.endpoint));
  plan::addUsage(out.survey, tree, path);
  out.files = {path};
  const bool known =
      out.survey.layout.kind != table::TableKind::None || !out.survey.volumes.front().type.empty();
  if (!known && !options.raw && out.endpoint.kind == plan::EndpointKind::File) {
    throw Error(ErrorKind::Refused, path,
                "is no image, and no partition table or filesystem is recognised in it",
                "if it is a disk all the same, say so with --raw");
  }
  return out;
}

Source openImage(const std::string& path, const SourceOptions& options) {
  Source out;
  out.kind = SourceKind::Image;
  const image::ChainOptions chain = chainOptions(options);
  out.image = image::openChain(path, chain);
  out.losses = chain.losses;
  const image::OpenImage& image = out.image->image();
  for (auto at = out.image.get(); at && options.checkBooks && !options.salvage;
       at = at->parent().get()) {
    image::checkBooks(at->image());
  }
  out.catalog = &image.catalog();
  out.endpoint = image::endpointOf(*out.catalog, path);
  // Without its maps, what was saved is looked at like any disk.
  out.survey =
      image.catalogWhole() ? image::surveyOf(*out.catalog, out.image) : plan::survey(out.image);
  out.files = image::filesOfChain(*out.image);
  out.grid = image.head().frameBytes;
  return out;
}

Source openFrontImage(std::unique_ptr<image::ByteStream> in, const std::string& path,
                      const SourceOptions& options) {
  Source out;
  out.kind = SourceKind::FrontImage;
  auto front = std::make_shared<image::FrontImage>(std::move(in), options.passphrase);
  out.catalog = &front->catalog();
  if (out.catalog->head.incremental()) {
    const auto parent = image::openParent(*out.catalog, ".", chainOptions(options));
    for (auto at = parent.get(); at && options.checkBooks; at = at->parent().get()) {
      image::checkBooks(at->image());
    }
    out.files = image::filesOfChain(*parent);
    front->setParent(parent);
  }
  out.endpoint = image::endpointOf(*out.catalog, path);
  out.survey = image::surveyOf(*out.catalog, front);
  out.grid = out.catalog->head.frameBytes;
  out.front = std::move(front);
  return out;
}

Source openForeign(std::unique_ptr<image::ByteStream> in, const std::string& path,
                   std::uint64_t size, bool atMost) {
  Source out;
  out.kind = SourceKind::ForeignZstd;
  out.front = std::make_shared<image::ForeignZstd>(std::move(in), size, atMost);
  out.endpoint.path = out.endpoint.realPath = path;
  out.endpoint.size = size;
  out.survey.disk = out.front;
  plan::Volume whole;
  whole.bytes = {0, size};
  whole.reader = out.front;
  whole.doubt = "it has no index, so it is written from front to back as it stands";
  out.survey.volumes.push_back(std::move(whole));
  out.grid = 4 * MiB;
  return out;
}

// Standard input, of which the beginning has been read to know what it is.
class Resumed final : public image::ByteStream {
 public:
  Resumed(image::Bytes first, std::unique_ptr<image::ByteStream> rest)
      : first_(std::move(first)), rest_(std::move(rest)) {}
  std::string name() const override { return rest_->name(); }
  std::size_t read(std::span<std::byte> out) override {
    const std::size_t count = std::min(out.size(), first_.size() - at_);
    std::copy_n(first_.begin() + static_cast<std::ptrdiff_t>(at_), count, out.begin());
    at_ += count;
    return count + (count < out.size() ? rest_->read(out.subspan(count)) : 0);
  }

 private:
  image::Bytes first_;
  std::size_t at_ = 0;
  std::unique_ptr<image::ByteStream> rest_;
};

Source openStandardInput(const SourceOptions& options) {
  constexpr std::size_t kLookAt = 64U << 10;
  if (options.salvage) {
    throw Error(ErrorKind::Usage, "--salvage", "cannot work on a stream",
                "save it to a file first");
  }
  if (isTerminalIn()) {
    throw Error(ErrorKind::Usage, "standard input", "is a terminal, expected an image",
                "as in: curl -s URL | disktwin restore - TARGET");
  }
  auto in = std::make_unique<image::StandardInput>();
  image::Bytes first(kLookAt);
  first.resize(in->read(first));
  const image::FileType type = image::streamType(first);
  auto whole = std::make_unique<Resumed>(std::move(first), std::move(in));
  switch (type) {
    case image::FileType::Image:
      return openFrontImage(std::move(whole), "-", options);
    case image::FileType::Zstd:
      return openForeign(std::move(whole), "-", options.room, true);
    case image::FileType::Other:
      break;
  }
  throw Error(ErrorKind::Refused, "standard input", "is neither an image nor a .zst",
              "a raw image has to be a file");
}

Source openForeignFile(const std::string& path, const SourceOptions& options) {
  if (!options.front) {
    throw Error(ErrorKind::Usage, path,
                "is a .zst that was not made by this program: it has no index, so it can only be "
                "restored from front to back",
                "disktwin restore takes it");
  }
  const auto bytes = std::make_shared<image::ImageBytes>(path, image::filesOf(path));
  copy::Progress quiet;
  if (options.say) {
    options.say(
        fmt::format("Reading all of {} once, to see that it is whole and how large the disk "
                    "in it is.",
                    path));
  }
  const std::uint64_t size = image::foreignSize(std::make_unique<image::BytesFromFront>(bytes),
                                                options.progress ? *options.progress : quiet);
  if (size == 0) throw Error(ErrorKind::Invalid, path, "holds nothing: 0 bytes");
  Source out = openForeign(std::make_unique<image::BytesFromFront>(bytes), path, size, false);
  for (const auto& volume : bytes->volumes()) out.files.push_back(volume.file.path());
  return out;
}

}  // namespace

void lockSource(const DeviceTree& tree, const std::string& path, HeldSource& held) {
  held.lock.emplace(tree, path, DiskLock::Mode::Read);
}

void claimSource(const DeviceTree& tree, const std::string& path, bool force, HeldSource& held) {
  held.claimed = File::openRead(path);
  if (held.claimed->claim() || force) return;
  if (!usesOf(tree, path).empty()) return;  // seen, and let through
  throw Error(ErrorKind::Refused, path, "in use by something that cannot be seen from here",
              "stop what uses it (another container, RAID, ZFS), or add --force-mounted-source");
}

SourceOptions sourceOptions(const Arguments& arguments, image::CatalogBuilder::Ask passphrase) {
  SourceOptions out;
  out.passphrase = std::move(passphrase);
  out.parents = arguments.texts("parent");
  return out;
}

Source openSource(const DeviceTree& tree, const std::string& path, const SourceOptions& options) {
  if (path == "-") {
    if (options.front) return openStandardInput(options);
    throw Error(ErrorKind::Usage, "-", "standard input cannot be read at random here",
                "name a file");
  }
  if (isDevice(tree, path)) return openDisk(tree, path, options);
  // A device that the tree does not know, or what is no file at all, has errors of its own.
  if (image::namesFile(path)) {
    switch (image::fileType(path)) {
      case image::FileType::Image:
        return openImage(path, options);
      case image::FileType::Zstd:
        return openForeignFile(path, options);
      case image::FileType::Other:
        break;
    }
  }
  return openDisk(tree, path, options);
}

void Source::prepare(plan::Plan& plan, copy::CloneOptions& options) const {
  options.grid = grid;
  if (kind == SourceKind::Image && !losses && plan.request.partitions.empty()) {
    options.beforeMarks = [this, &plan] {
      ExtentSet read;
      for (const plan::Region& region : plan.regions) read = unite(read, region.extents);
      image::checkRest(image->image(), read);
    };
  }
  if (!front) return;
  // What is written last has to be kept until then, so it must be little.
  const std::uint64_t end = plan.target.size;
  ExtentSet edges{{0, std::min(end, plan::kEdge)}};
  edges.add({end - std::min(end, plan::kEdge), std::min(end, plan::kEdge)});
  plan.last = subtract(plan.last, subtract(plan.last, edges));
  ExtentSet wanted;
  ExtentSet kept;
  for (const plan::Region& region : plan.regions) {
    wanted = unite(wanted, region.extents);
    const ExtentSet held = plan.last.clipped({region.target, region.source.length})
                               .shiftedDown(region.target)
                               .shiftedUp(region.source.offset);
    kept = unite(kept, held);
  }
  front->expect(std::move(wanted), std::move(kept));
  options.copied = [this](const copy::Block& block) { front->release(block.source.end()); };
  options.beforeMarks = [this] { front->finish(); };
}

}  // namespace disktwin::cli
