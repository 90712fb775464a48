// Any bytes as an image: opened at random, from front to back, salvaged, and as a .zst of somebody
// else. The first byte of an input tells whether its hashes are made right before.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "image/read/check.h"
#include "image/read/foreign_zstd.h"
#include "image/read/image_reader.h"
#include "platform/error.h"
#include "tests/fuzz/repaired_image.h"

namespace {

using namespace disktwin;
using namespace disktwin::image;

class MemoryStream final : public ByteStream {
 public:
  explicit MemoryStream(ByteView bytes) : bytes_(bytes) {}
  std::string name() const override { return "memory"; }
  std::size_t read(std::span<std::byte> out) override {
    const std::size_t count = std::min(out.size(), bytes_.size());
    std::copy_n(bytes_.begin(), count, out.begin());
    bytes_ = bytes_.subspan(count);
    return count;
  }

 private:
  ByteView bytes_;
};

// A file with these bytes that is nowhere on a disk.
std::string fileWith(ByteView bytes) {
  static const int file = ::memfd_create("image", 0);
  if (file < 0 || ::ftruncate(file, 0) != 0 ||
      ::pwrite(file, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    std::abort();
  }
  return "/proc/self/fd/" + std::to_string(file);
}

// What is wrong with the bytes may be said in one way only.
template <typename Work>
void survive(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    const ErrorKind kind = error.kind();
    if (kind != ErrorKind::Invalid && kind != ErrorKind::Refused && kind != ErrorKind::NoSpace) {
      std::abort();
    }
  }
}

std::optional<std::string> passphrase(const std::string&, unsigned) {
  return std::nullopt;
}

// Reads a little of every record, whatever the disk's size is said to be. What was salvaged has no
// hashes.
void readAll(const std::shared_ptr<const OpenImage>& image, bool salvaged) {
  const ImageReader disk(image, nullptr, std::make_shared<Losses>());
  for (std::uint64_t at = 0; at < disk.size();) {
    const Extent data = disk.nextData(at);
    if (data.empty()) break;
    Bytes some(static_cast<std::size_t>(std::min<std::uint64_t>(data.length, MiB)));
    survive([&] { disk.read(data.offset, some); });
    if (!salvaged) disk.chunkAt(data.offset);
    at = data.end();
  }
  surveyOf(image->catalog(), std::make_shared<ImageReader>(image, nullptr));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  ByteView bytes = std::as_bytes(std::span(data, size)).subspan(1);
  std::optional<image::test::RepairedImage> repaired;
  if ((data[0] & 1) != 0) bytes = repaired.emplace(bytes).bytes();
  const std::string path = fileWith(bytes);
  survive([&] {
    const auto image = OpenImage::open(path, passphrase);
    survive([&] { checkBooks(*image); });
    readAll(image, false);
  });
  survive([&] { readAll(OpenImage::salvage(path, passphrase), true); });
  survive([&] {
    FrontImage image(std::make_unique<MemoryStream>(bytes), passphrase);
    image.expect({{0, image.size()}}, {});
    image.finish();
  });
  survive([&] {
    ForeignZstd disk(std::make_unique<MemoryStream>(bytes), 2 * MiB, true);
    disk.expect({{0, 2 * MiB}}, {});
    disk.finish();
  });
  return 0;
}
