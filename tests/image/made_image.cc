#include "tests/image/made_image.h"

#include <fstream>
#include <random>

#include "image/read/chain.h"
#include "image/read/check.h"

namespace disktwin::image::test {
namespace {

class FileParent final : public Parent {
 public:
  explicit FileParent(std::shared_ptr<const ImageReader> reader) : reader_(std::move(reader)) {}
  std::uint64_t diskSize() const override { return reader_->size(); }
  Extent nextData(std::uint64_t from) const override { return reader_->nextData(from); }
  std::optional<Hash128> chunkAt(std::uint64_t offset) const override {
    return reader_->chunkAt(offset);
  }

 private:
  std::shared_ptr<const ImageReader> reader_;
};

void fill(std::vector<std::byte>& disk, std::size_t from, std::size_t count, unsigned seed) {
  std::mt19937 noise(seed);
  for (std::size_t i = 0; i < count; ++i) disk[from + i] = static_cast<std::byte>(noise() & 7);
}

}  // namespace

std::vector<std::byte> sampleDisk() {
  std::vector<std::byte> disk(13 * (MiB / 2));
  const auto entry = [&](std::size_t at, std::uint32_t first, std::uint32_t count) {
    disk[at + 4] = std::byte{0x83};
    for (int i = 0; i < 4; ++i) {
      disk[at + 8 + static_cast<std::size_t>(i)] = static_cast<std::byte>(first >> (8 * i));
      disk[at + 12 + static_cast<std::size_t>(i)] = static_cast<std::byte>(count >> (8 * i));
    }
  };
  entry(446, 2048, 3072);
  entry(462, 6144, 7168);
  disk[510] = std::byte{0x55};
  disk[511] = std::byte{0xAA};
  fill(disk, MiB, 300, 1);
  fill(disk, 2 * MiB + 70, 40, 2);
  fill(disk, 4 * MiB, 100, 3);
  fill(disk, 6 * MiB + 5, 100, 4);
  return disk;
}

CatalogBuilder::Ask always(const std::string& passphrase) {
  return [passphrase](const std::string&, unsigned attempt) {
    return passphrase.empty() || attempt > 1 ? std::nullopt : std::optional(passphrase);
  };
}

void makeImage(const std::vector<std::byte>& disk, const std::string& path, const Making& making) {
  const auto reader = std::make_shared<MemoryDisk>(disk);
  plan::Survey survey = plan::survey(reader);
  plan::Endpoint source;
  source.path = source.realPath = "/dev/sample";
  source.size = disk.size();
  CaptureRequest request;
  request.what.allSectors = making.wholeDisk;
  CapturePlan plan = planCapture(survey, source, request);
  if (making.change) making.change(plan);
  CaptureJob job;
  job.head.frameBytes = making.frameBytes;
  job.head.diskSize = disk.size();
  fillRandom(job.head.id);
  std::unique_ptr<FileParent> parent;
  if (!making.parent.empty()) {
    const auto chain = openChain(making.parent, {always(making.passphrase), {}, nullptr});
    parent = std::make_unique<FileParent>(chain);
    job.parent = parent.get();
    job.head.parent = ParentKey{chain->image().head().id, chain->image().seal()};
    plan.preface.info.parent =
        ParentName{chain->image().head().id,
                   std::filesystem::path(making.parent).filename().string(), making.parent};
  }
  if (!making.passphrase.empty()) {
    KeyBox box;
    job.key = Key::create(making.passphrase, job.head.id, box, {1, 8192});
    job.head.keyBox = box;
  }
  FileOutput output(path, {making.split, false, true});
  copy::Progress progress;
  runCapture(plan, reader, job, output, progress);
}

std::vector<std::byte> bytesOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  return {bytes.begin(), bytes.end()};
}

void writeBytes(const std::string& path, const std::vector<std::byte>& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
}

void verifyFile(const std::string& path, const std::string& passphrase) {
  const auto chain = openChain(path, {always(passphrase), {}, nullptr});
  checkBooks(chain->image());
  copy::Progress progress;
  const std::vector<Damage> damage = checkData(chain->image(), progress);
  if (!damage.empty()) throw Error(ErrorKind::Invalid, path, damage.front().text);
  const std::vector<Damage> missing = checkContents(chain->image().catalog(), chain);
  if (!missing.empty()) throw Error(ErrorKind::Invalid, path, missing.front().text);
}

void verifyStream(const std::string& path, const std::string& passphrase) {
  const auto bytes = std::make_shared<ImageBytes>(path, std::vector{path});
  FrontImage image(std::make_unique<BytesFromFront>(bytes), always(passphrase));
  copy::Progress progress;
  checkFront(image, progress);
}

std::vector<std::byte> contentOf(const BlockReader& disk) {
  return readBytes(disk, 0, static_cast<std::size_t>(disk.size()));
}

}  // namespace disktwin::image::test
