#include "image/read/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "clone/copy/block_list.h"
#include "clone/copy/pipeline.h"
#include "clone/plan/regions.h"
#include "image/read/cell.h"
#include "platform/error.h"
#include "platform/size_text.h"

namespace disktwin::image {
namespace {

// The seek table as it is stored, a piece at a time.
class SeekTableReader {
 public:
  explicit SeekTableReader(const OpenImage& image) : image_(image) {
    const ImageBytes& bytes = *image.bytes();
    const auto count =
        seekEntriesByFooter(bytes.readAt(bytes.size() - kSeekFooterBytes, kSeekFooterBytes));
    left_ = count.value_or(0);
    begins_ = bytes.size() - seekTableBytes(left_);
    const Bytes head = bytes.readAt(begins_, 8);
    if (structAt<le32>(head, 0) != kSeekTableMagic ||
        std::uint64_t{structAt<le32>(head, 4).value()} + 8 != seekTableBytes(left_)) {
      fail("its head is damaged");
    }
    next_ = begins_ + 8;
  }

  std::uint64_t begins() const { return begins_; }
  void expect(std::uint64_t stored, std::uint64_t plain) {
    if (left_ == 0) fail("it has too few entries");
    if (at_ == piece_.size()) {
      const std::uint64_t count = std::min<std::uint64_t>(left_, 65536);
      piece_ = image_.bytes()->readAt(next_, count * sizeof(SeekEntry));
      next_ += piece_.size();
      at_ = 0;
    }
    const auto entry = structAt<SeekEntry>(piece_, at_);
    at_ += sizeof entry;
    --left_;
    if (entry.stored != stored || entry.plain != plain) fail("an entry is wrong");
  }
  void end() const {
    if (left_ != 0) fail("it has too many entries");
  }

 private:
  [[noreturn]] void fail(const char* what) const {
    throw Error(
        ErrorKind::Invalid, image_.name(),
        fmt::format("the seek table at byte {} is damaged (no data is hit): {}", begins_, what));
  }

  const OpenImage& image_;
  std::uint64_t left_ = 0;
  std::uint64_t begins_ = 0;
  std::uint64_t next_ = 0;
  Bytes piece_;
  std::size_t at_ = 0;
};

// Calls with each record, in order.
void forEachFrame(const OpenImage& image, const std::function<void(const Record&)>& call) {
  for (std::uint64_t at = 0; at < image.foot().diskSize;) {
    const std::shared_ptr<const Record> record = image.recordAt(at);
    if (!record) return;
    call(*record);
    at = record->disk().end();
  }
}

// Walks over all frames in the order of their positions.
class BookCheck {
 public:
  explicit BookCheck(const OpenImage& image) : image_(image), seek_(image) {}

  void run() {
    forEachFrame(image_, [this](const Record& record) {
      takeOwn(record.position);
      step(record.position, record.stored, image_.head().open() ? record.length : 0);
      present_ += presentBytes(record.present, record.length);
    });
    takeOwn(seek_.begins());
    const std::uint64_t foot = seek_.begins() - position_;
    step(position_, foot, 0);
    seek_.end();
    if (present_ != image_.foot().presentBytes) fail("FOOT names another sum of chunks");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::Invalid, image_.name(), fmt::format("at byte {}: {}", position_, what),
                "restore --salvage saves what is whole");
  }

  void step(std::uint64_t position, std::uint64_t bytes, std::uint64_t plain) {
    if (position != position_) fail("bytes that belong to no frame, or to two");
    seek_.expect(bytes, plain);
    position_ += bytes;
  }

  // The frames of ours that lie before `position`.
  void takeOwn(std::uint64_t position) {
    const std::vector<OwnEntry>& frames = image_.foot().frames;
    for (; next_ < frames.size() && frames[next_].position < position; ++next_) {
      const OwnEntry& entry = frames[next_];
      const Bytes bytes = image_.bytes()->readAt(entry.position, entry.bytes);
      const OwnFrame frame = parseOwnFrame(bytes, entry.position, image_.head().id, image_.name());
      if (hashOf(bytes) != entry.hash || frame.kind != entry.kind) {
        fail(fmt::format("{} is not as FOOT says", nameOf(entry.kind)));
      }
      step(entry.position, entry.bytes, 0);
    }
  }

  const OpenImage& image_;
  SeekTableReader seek_;
  std::size_t next_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t present_ = 0;
};

// Whether a frame without chunks says what the record says.
bool saysZeroes(const OpenImage& image, const Record& record, ByteView bytes) {
  if (image.head().open()) return decoders().take()->zstd.givesZeroes(bytes, record.length);
  const OwnFrame frame = parseOwnFrame(bytes, record.position, image.head().id, image.name());
  const StoredCell cell = openChunks(frame, image.head(), image.catalog().key.get(),
                                     image.foot().diskSize, image.name());
  return cell.disk == record.disk() && cell.present == 0 && cell.zero == record.zero;
}

void checkStored(const OpenImage& image, const Record& record) {
  const Bytes bytes = image.bytes()->readAt(record.position, record.stored);
  if (hashOf(bytes) == record.storedHash &&
      (record.present != 0 || saysZeroes(image, record, bytes))) {
    return;
  }
  throw Error(ErrorKind::Invalid, image.name(),
              fmt::format("damaged in {}: the hash of what is stored differs (frame at byte {} of "
                          "the image)",
                          image.catalog().whatIsAt(record.disk()), record.position),
              "restore --salvage saves all that is whole", record.disk());
}

}  // namespace

void checkBooks(const OpenImage& image) {
  image.checkIndex();
  BookCheck(image).run();
  forEachFrame(image, [&](const Record& record) {
    if (record.present == 0) checkStored(image, record);
  });
}

void checkRest(const OpenImage& image, const ExtentSet& read) {
  forEachFrame(image, [&](const Record& record) {
    if (record.present != 0 && !read.intersects(record.disk())) checkStored(image, record);
  });
}

namespace {

// Decodes a cell and says what is wrong with it.
class DamageSink final : public copy::Sink {
 public:
  explicit DamageSink(const OpenImage& image) : image_(image) {}

  std::unique_ptr<Prepared> prepare(const copy::Block& block, std::span<const std::byte>) override {
    auto out = std::make_unique<Found>();
    const std::shared_ptr<const Record> record = image_.recordAt(block.source.offset);
    if (!record || record->present == 0 || record->offset != block.source.offset) return out;
    try {
      image_.checkCell(*record);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Invalid && error.kind() != ErrorKind::Read) throw;
      out->damage.push_back({record->disk(), error.detail()});
    }
    return out;
  }
  void commit(const copy::Block&, std::unique_ptr<Prepared> prepared) override {
    for (Damage& damage : static_cast<Found&>(*prepared).damage) {
      if (all_.size() < kMostNamed) all_.push_back(std::move(damage));
    }
  }
  std::vector<Damage> take() { return std::move(all_); }

 private:
  struct Found final : Prepared {
    std::vector<Damage> damage;
  };
  static constexpr std::size_t kMostNamed = 1000;
  const OpenImage& image_;
  std::vector<Damage> all_;
};

// A reader of the right size that is never read: the sink reads the stored cells itself.
class Nothing final : public BlockReader {
 public:
  explicit Nothing(std::uint64_t size) : size_(size) {}
  std::string name() const override { return "nothing"; }
  std::uint64_t size() const override { return size_; }
  std::uint32_t sectorSize() const override { return 512; }
  void read(std::uint64_t, std::span<std::byte>) const override {}
  Extent nextData(std::uint64_t) const override { return {size_, 0}; }

 private:
  std::uint64_t size_;
};

plan::Plan planOver(ExtentSet extents, std::uint64_t size) {
  plan::Plan plan;
  plan::Region region;
  region.source = {0, size};
  region.extents = std::move(extents);
  plan.regions.push_back(std::move(region));
  return plan;
}

}  // namespace

std::vector<Damage> checkData(const OpenImage& image, copy::Progress& progress) {
  ExtentBuilder cells(image.head().frameBytes);
  std::uint64_t total = 0;
  forEachFrame(image, [&](const Record& record) {
    if (record.present == 0) return;
    cells.add(record.disk());
    total += record.length;
  });
  progress.begin(copy::Phase::Verify, total);
  const plan::Plan plan = planOver(cells.finish(), image.foot().diskSize);
  copy::BlockList blocks(plan, image.head().frameBytes);
  DamageSink sink(image);
  const Nothing nothing(image.foot().diskSize);
  copy::run(blocks, nothing, sink, {},
            [&](const copy::Block& block) { progress.add(block.source.length); });
  return sink.take();
}

namespace {

// Asks for everything, so that it is decoded and compared with the index; wants nothing of it.
class NullSink final : public copy::Sink {
 public:
  std::unique_ptr<Prepared> prepare(const copy::Block&, std::span<const std::byte>) override {
    return nullptr;
  }
  void commit(const copy::Block&, std::unique_ptr<Prepared>) override {}
};

}  // namespace

void checkFront(FrontImage& image, copy::Progress& progress) {
  const std::uint64_t size = image.size();
  progress.begin(copy::Phase::Verify, size);
  const plan::Plan plan = planOver({{0, size}}, size);
  image.expect({{0, size}}, {});
  copy::BlockList blocks(plan, image.catalog().head.frameBytes);
  NullSink sink;
  copy::run(
      blocks, image, sink, {},
      [&](const copy::Block& block) {
        progress.add(block.source.length);
        image.release(block.source.end());
      },
      [&] { image.finish(); });
}

std::vector<Damage> checkContents(const Catalog& catalog, const ReaderPtr& disk) {
  std::vector<Damage> out;
  const ExtentSet have =
      unite(unite(catalog.captured(), catalog.leftOut()), catalog.allOf(&VolumeMap::zeroed));
  const plan::Survey now = plan::survey(disk);
  for (const plan::Volume& volume : now.volumes) {
    if (!volume.fs) continue;
    const fs::UsedMap used = volume.fs->used();
    const ExtentSet missing = subtract(used.extents.shiftedUp(volume.bytes.offset), have);
    if (missing.empty()) continue;
    out.push_back(
        {missing.extents().front(),
         fmt::format("{}: {} that it refers to are not in the image, the first at byte {} of "
                     "the disk{}{}",
                     plan::volumeName(volume), formatSize(missing.bytes()),
                     formatCount(missing.extents().front().offset),
                     used.whyWhole.empty() ? "" : "; all of it is needed, because ",
                     used.whyWhole)});
  }
  for (const VolumeRecord& record : catalog.info.volumes) {
    if (!record.filesystem || !record.wholeBecause.empty()) continue;
    const plan::Volume* volume = now.find(record.partition);
    if (volume && volume->fs && volume->fs->info().type == record.filesystem->type) continue;
    out.push_back(
        {record.bytes,
         fmt::format("partition {}: was {} when it was captured, but is not recognised as "
                     "that in the image",
                     record.partition, record.filesystem->type)});
  }
  return out;
}

}  // namespace disktwin::image
