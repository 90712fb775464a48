#include "image/read/open_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "clone/io/block_reader.h"
#include "image/read/cell.h"
#include "image/read/frame_stream.h"
#include "image/read/names.h"
#include "image/read/stored_stream.h"
#include "platform/error.h"

namespace disktwin::image {
namespace {

// Parts of the index that are kept: a few places of the disk are usually in use at once.
constexpr std::size_t kPartsKept = 8;

[[noreturn]] void invalid(const std::string& name, const std::string& what) {
  throw Error(ErrorKind::Invalid, name, what,
              "it is damaged or cut; restore --salvage saves what is whole");
}

}  // namespace

std::shared_ptr<const OpenImage> OpenImage::open(const std::string& path,
                                                 const CatalogBuilder::Ask& passphrase) {
  std::shared_ptr<OpenImage> out(new OpenImage);
  out->bytes_ = std::make_shared<ImageBytes>(path, filesOf(path));
  out->readCatalog(passphrase);
  out->checkVolumes();
  out->readFoot();
  return out;
}

std::vector<std::string> OpenImage::files() const {
  std::vector<std::string> out;
  for (const ImageBytes::Volume& volume : bytes_->volumes()) out.push_back(volume.file.path());
  return out;
}

void OpenImage::readCatalog(const CatalogBuilder::Ask& passphrase) {
  CatalogBuilder builder(name(), passphrase);
  BytesFromFront in(bytes_);
  FrameStream frames(in);
  while (true) {
    // Looking is enough to know that it is not one of ours; data may be much larger.
    const std::uint64_t at = frames.position();
    if (!extentFits(at, sizeof(FramePrefix), bytes_->size())) break;
    if (at != 0 && !looksOwn(bytes_->readAt(at, sizeof(FramePrefix)))) break;
    const std::optional<RawFrame> frame = frames.next();
    if (!frame || !builder.take(frame->bytes, frame->position)) break;
  }
  catalog_ = builder.finish();
}

void OpenImage::checkVolumes() const {
  const std::vector<ImageBytes::Volume>& volumes = bytes_->volumes();
  for (std::size_t i = 1; i < volumes.size(); ++i) {
    const std::string& file = volumes[i].file.path();
    const std::string expected =
        fmt::format("is not volume {} of this image; put the right file there", i + 1);
    Bytes frame;
    if (volumes[i].file.size() >= kOwnOverhead) {
      frame = bytes_->readAt(volumes[i].begins, 8);
      const auto size = ownFrameSize(frame);
      if (!size || *size > volumes[i].file.size()) invalid(file, expected);
      frame = bytes_->readAt(volumes[i].begins, *size);
    }
    std::uint32_t number = 0;
    try {
      // A volume of this image at another place has another position too: its number says more.
      const auto prefix =
          frame.size() < kOwnOverhead ? FramePrefix{} : structAt<FramePrefix>(frame, 0);
      const OwnFrame own = parseOwnFrame(frame, prefix.position, head().id, file);
      if (own.kind == kVolume && own.body.size() == 8) number = structAt<le32>(own.body, 0);
      if (number == i + 1 && own.position != volumes[i].begins) {
        invalid(volumes[i - 1].file.path(),
                fmt::format("has {} bytes, but the next volume begins {} bytes later: it is cut",
                            volumes[i - 1].file.size(), own.position - volumes[i - 1].begins));
      }
    } catch (const Error& error) {
      if (error.subject() != file) throw;
      invalid(file, expected);
    }
    if (number != i + 1) {
      invalid(file, number == 0 ? expected
                                : fmt::format("is volume {} of this image, expected volume {}",
                                              number, i + 1));
    }
  }
}

void OpenImage::readFoot() {
  const auto noFoot = [&](const char* what) {
    invalid(bytes_->volumes().size() > 1 ? bytes_->volumes().back().file.path() : name(),
            fmt::format("{}{}", what,
                        bytes_->volumes().size() > 1 || baseName(name()) != name()
                            ? "; a volume behind the last may be missing"
                            : ""));
  };
  const std::uint64_t size = bytes_->size();
  if (size < kSeekFooterBytes + 8) noFoot("it is cut");
  const auto entries =
      seekEntriesByFooter(bytes_->readAt(size - kSeekFooterBytes, kSeekFooterBytes));
  if (!entries || *entries == 0 || seekTableBytes(*entries) > size) {
    noFoot("there is no seek table at its end, expected one");
  }
  const std::uint64_t table = size - seekTableBytes(*entries);
  const auto last = structAt<SeekEntry>(
      bytes_->readAt(table + 8 + (*entries - 1) * sizeof(SeekEntry), sizeof(SeekEntry)), 0);
  if (last.stored > table || last.stored > kLargestOwnFrame + 8)
    noFoot("its seek table is damaged");
  const std::uint64_t position = table - last.stored;
  const Bytes bytes = bytes_->readAt(position, last.stored);
  const OwnFrame frame = parseOwnFrame(bytes, position, head().id, name());
  if (frame.kind != kFoot) noFoot("there is no FOOT before its seek table");
  seal_ = frame.hash;
  foot_ = decodeFoot(openBody(frame, head(), catalog_.key.get(), name()), position, name());
  if (foot_.diskSize != catalog_.info.diskSize) invalid(name(), "FOOT and INFO differ");
  if (foot_.volumes != bytes_->volumes().size()) {
    invalid(name(), fmt::format("consists of {} volumes, found {}", foot_.volumes,
                                bytes_->volumes().size()));
  }
  for (std::size_t i = 0; i < foot_.frames.size(); ++i) {
    if (foot_.frames[i].kind == kIndex) parts_.push_back(i);
  }
}

std::shared_ptr<const IndexPart> OpenImage::partAt(std::size_t entry) const {
  {
    const std::lock_guard lock(mutex_);
    for (auto it = recent_.begin(); it != recent_.end(); ++it) {
      if (it->first != entry) continue;
      recent_.splice(recent_.begin(), recent_, it);
      return recent_.front().second;
    }
  }
  const OwnEntry& at = foot_.frames[entry];
  const Bytes bytes = bytes_->readAt(at.position, at.bytes);
  const std::string subject = fmt::format("{} ({})", name(), catalog_.whatIsAt(at.covers));
  if (hashOf(bytes) != at.hash) {
    invalid(subject, "a part of the index is damaged: its hash does not match");
  }
  const OwnFrame frame = parseOwnFrame(bytes, at.position, head().id, subject);
  auto part = std::make_shared<IndexPart>(decodeIndexPart(
      openBody(frame, head(), catalog_.key.get(), subject), head(), foot_.diskSize, subject));
  if (frame.kind != kIndex || part->covers != at.covers) invalid(subject, "FOOT and INDX differ");
  const std::lock_guard lock(mutex_);
  recent_.emplace_front(entry, part);
  if (recent_.size() > kPartsKept) recent_.pop_back();
  return part;
}

std::shared_ptr<const Record> OpenImage::recordAt(std::uint64_t offset) const {
  if (found_) {
    const auto record =
        std::upper_bound(found_->records.begin(), found_->records.end(), offset,
                         [](std::uint64_t at, const Record& r) { return at < r.disk().end(); });
    return record == found_->records.end() ? nullptr
                                           : std::shared_ptr<const Record>(found_, &*record);
  }
  auto entry = std::upper_bound(
      parts_.begin(), parts_.end(), offset,
      [&](std::uint64_t at, std::size_t index) { return at < foot_.frames[index].covers.end(); });
  for (; entry != parts_.end(); ++entry) {
    const std::shared_ptr<const IndexPart> part = partAt(*entry);
    const auto record =
        std::upper_bound(part->records.begin(), part->records.end(), offset,
                         [](std::uint64_t at, const Record& r) { return at < r.disk().end(); });
    // Shares the part's ownership.
    if (record != part->records.end()) return {part, &*record};
  }
  return nullptr;
}

void OpenImage::checkIndex() const {
  for (const std::size_t entry : parts_) partAt(entry);
}

void OpenImage::damaged(const Record& record, const char* what) const {
  throw Error(ErrorKind::Invalid, name(),
              fmt::format("damaged in {}: {} (frame at byte {} of the image)",
                          catalog_.whatIsAt(record.disk()), what, record.position),
              "restore --salvage saves all that is whole", record.disk());
}

StoredCell OpenImage::unseal(const Record& record, ByteView stored) const {
  const OwnFrame frame = parseOwnFrame(stored, record.position - record.moved, head().id, name());
  StoredCell cell = openChunks(frame, head(), catalog_.key.get(), foot_.diskSize, name());
  if (cell.disk != record.disk() || cell.present != record.present || cell.zero != record.zero) {
    damaged(record, "it holds another place than the index says");
  }
  return cell;
}

// A frame in a frame of ours, which has to be there as a whole.
bool OpenImage::decodeSealed(const Record& record, Decoder& decoder, std::span<std::byte> out,
                             std::vector<Hash128>* hashes) const {
  const std::span<std::byte> stored = decoder.stored.take(record.stored);
  bytes_->readAt(record.position, stored);
  if (record.proven && hashOf(stored) != record.storedHash) {
    damaged(record, "the hash of what is stored differs");
  }
  return decodeCell(unseal(record, stored), false, decoder.zstd, out, hashes);
}

bool OpenImage::decodeOpen(const Record& record, Decoder& decoder, std::span<std::byte> out,
                           std::vector<Hash128>* hashes) const {
  StoredStream stored(*bytes_, {record.position, record.stored}, decoder.stored);
  const bool good = decodeCell(
      record, [&](std::size_t count) { return stored.next(count); }, decoder.zstd, out, hashes);
  const bool whole = stored.atEnd();
  // What has been damaged on its way or on the medium is told from what was made wrong.
  if (record.proven && stored.hash() != record.storedHash) {
    damaged(record, "the hash of what is stored differs");
  }
  return good && whole;
}

void OpenImage::decode(const Record& record, Decoder& decoder, std::span<std::byte> out) const {
  std::vector<Hash128> hashes;
  std::vector<Hash128>* const wanted = record.proven ? &hashes : nullptr;
  const bool good = head().open() ? decodeOpen(record, decoder, out, wanted)
                                  : decodeSealed(record, decoder, out, wanted);
  if (!good) damaged(record, "it cannot be decompressed");
  if (!record.proven) return;
  if (hashes != record.chunks) {
    damaged(record, "the hash of its content differs");
  }
  if ((presentMask(out) & record.zero) != 0) {
    damaged(record, "the index calls zeroes what is not");
  }
}

// The medium is set to work before a decoder is waited for.
void OpenImage::prefetch(const Record& record) const {
  if (!extentFits(record.position, record.stored, bytes_->size())) {
    damaged(record, "its place lies beyond the end");
  }
  bytes_->prefetch({record.position, record.stored});
}

void OpenImage::readCell(const Record& record, std::span<std::byte> out) const {
  if (record.isZeroRun()) {
    std::fill(out.begin(), out.end(), std::byte{0});
    return;
  }
  prefetch(record);
  decode(record, *decoders().take(), out);
}

void OpenImage::checkCell(const Record& record) const {
  if (record.isZeroRun()) return;
  prefetch(record);
  const Pool<Decoder>::Lease decoder = decoders().take();
  decode(record, *decoder, decoder->plain.take(record.length));
}

}  // namespace disktwin::image
