// What can be found of an image whose books are damaged. docs/image-format.md, "Reading".
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "clone/io/block_reader.h"
#include "image/format/zstd.h"
#include "image/read/cell.h"
#include "image/read/frame_stream.h"
#include "image/read/names.h"
#include "image/read/open_image.h"
#include "platform/cancellation.h"
#include "platform/error.h"

namespace disktwin::image {
namespace {

constexpr std::size_t kSearchPiece = 4U << 20;
constexpr std::uint64_t kUnknownSize = 1ULL << 62;

// A frame of ours that is whole, wherever it lies: where bytes are missing before it, that is not
// where it says.
struct Found {
  Bytes bytes;
  std::uint64_t says = 0;  // the position that is in it
};

// The frame of ours at that position, when it is whole.
std::optional<Found> ownAt(const ImageBytes& bytes, std::uint64_t position) {
  if (!extentFits(position, kOwnOverhead, bytes.size())) return std::nullopt;
  const auto size = ownFrameSize(bytes.readAt(position, 8));
  if (!size || !extentFits(position, *size, bytes.size())) return std::nullopt;
  Found found{bytes.readAt(position, *size), 0};
  if (found.bytes.size() < kOwnOverhead) return std::nullopt;
  found.says = structAt<FramePrefix>(found.bytes, 0).position;
  try {
    parseOwnFrame(found.bytes, found.says, std::nullopt, bytes.name());
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::Invalid) throw;
    return std::nullopt;
  }
  return found;
}

// The next one at or behind `from`; the size of the image when there is none.
std::uint64_t nextOwn(const ImageBytes& bytes, std::uint64_t from) {
  const auto* tag = reinterpret_cast<const std::byte*>(kFrameTag.data());
  while (extentFits(from, kOwnOverhead, bytes.size())) {
    Cancellation::check();
    const Bytes piece =
        bytes.readAt(from, std::min<std::uint64_t>(kSearchPiece, bytes.size() - from));
    for (auto at = piece.begin();;) {
      at = std::search(at, piece.end(), tag, tag + kFrameTag.size());
      if (at == piece.end()) break;
      const auto offset = static_cast<std::uint64_t>(at - piece.begin());
      if (from + offset >= 8 && ownAt(bytes, from + offset - 8)) return from + offset - 8;
      ++at;
    }
    // A tag may lie across the end of the piece.
    from += piece.size() > kFrameTag.size() ? piece.size() - kFrameTag.size() : piece.size();
    if (piece.size() < kSearchPiece) break;
  }
  return bytes.size();
}

}  // namespace

class Salvage {
 public:
  Salvage(const std::string& path, const CatalogBuilder::Ask& ask)
      : out_(new OpenImage), builder_(path, ask) {
    out_->bytes_ = std::make_shared<ImageBytes>(path, filesLeftOf(path));
  }

  std::shared_ptr<const OpenImage> run() {
    findHead();
    walk();
    findMoved();
    finishCatalog();
    finishIndex();
    return out_;
  }

 private:
  const ImageBytes& bytes() const { return *out_->bytes_; }

  // The first frame, or its copy before FOOT.
  void findHead() {
    for (std::uint64_t at = 0; at < bytes().size();
         at = nextOwn(bytes(), at == 0 ? 1 : at + kOwnOverhead)) {
      const std::optional<Found> frame = ownAt(bytes(), at);
      if (!frame) continue;
      const OwnFrame own = parseOwnFrame(frame->bytes, frame->says, std::nullopt, bytes().name());
      if (own.kind != kHead) continue;
      builder_.take(frame->bytes, frame->says);
      head_ = *builder_.head();
      if (head_.encrypted()) {
        key_ = builder_.key();
        diskSize_ = kUnknownSize;
      } else {
        diskSize_ = head_.diskSize;
      }
      return;
    }
    throw Error(ErrorKind::Invalid, bytes().name(),
                "nothing in it tells how it is to be read (no HEAD), so nothing can be saved");
  }

  void walk() {
    for (std::uint64_t at = 0; at < bytes().size();) {
      Cancellation::check();
      if (const std::optional<Found> frame = ownAt(bytes(), at)) {
        moves_.insert(at - frame->says);
        takeOwn(*frame, at);
        at += frame->bytes.size();
      } else if (const std::optional<std::uint64_t> size = takeData(at)) {
        at += *size;
      } else {
        // What lies here has lost its place until an INDX tells.
        diskKnown_ = false;
        at = nextOwn(bytes(), at + 1);
      }
    }
  }

  void takeOwn(const Found& frame, std::uint64_t at) {
    try {
      const OwnFrame own = parseOwnFrame(frame.bytes, frame.says, head_.id, bytes().name());
      if (own.kind == kInfo || own.kind == kTable || own.kind == kMap) {
        builder_.take(frame.bytes, frame.says);
      } else if (own.kind == kChunks) {
        takeChunks(own, frame.bytes, at);
      } else if (own.kind == kIndex) {
        takeIndex(own);
      } else if (own.kind == kFoot) {
        const Foot foot = decodeFoot(openBody(own, head_, key_.get(), bytes().name()), frame.says,
                                     bytes().name());
        out_->seal_ = own.hash;
        diskSize_ = foot.diskSize;
        mapsExpected_ = static_cast<std::size_t>(std::count_if(
            foot.frames.begin(), foot.frames.end(),
            [](const OwnEntry& entry) { return entry.kind == kMap || entry.kind == kTable; }));
      }
      if (own.kind == kMap || own.kind == kTable) ++mapsFound_;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Invalid) throw;
      // Its hash is right, but it makes no sense: as good as lost.
    }
  }

  void takeChunks(const OwnFrame& own, const Bytes& frame, std::uint64_t at) {
    const StoredCell cell = openChunks(own, head_, key_.get(), diskSize_, bytes().name());
    Record record;
    record.offset = cell.disk.offset;
    record.length = static_cast<std::uint32_t>(cell.disk.length);
    record.position = at;
    record.moved = at - own.position;
    record.stored = static_cast<std::uint32_t>(frame.size());
    record.present = cell.present;
    record.zero = cell.zero;
    record.proven = false;
    records_.try_emplace(record.offset, record);
  }

  void takeIndex(const OwnFrame& own) {
    const IndexPart part = decodeIndexPart(openBody(own, head_, key_.get(), bytes().name()), head_,
                                           diskSize_, bytes().name());
    records_.erase(records_.lower_bound(part.covers.offset),
                   records_.lower_bound(part.covers.end()));
    for (const Record& record : part.records) records_[record.offset] = record;
    disk_ = part.covers.end();
    diskKnown_ = true;
    indexed_.add(part.covers);
  }

  // The size of the frame of data at that position; nullopt when it is none.
  std::optional<std::uint64_t> takeData(std::uint64_t at) {
    BytesFromFront in(out_->bytes_, at);
    FrameStream frames(in);
    try {
      const std::optional<RawFrame> frame = frames.next();
      if (!frame) return std::nullopt;
      if (frame->kind != RawFrame::Kind::Zstd) return frame->bytes.size();
      if (head_.open() && diskKnown_) noteData(*frame, at);
      return frame->bytes.size();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Invalid) throw;
      return std::nullopt;
    }
  }

  void noteData(const RawFrame& frame, std::uint64_t at) {
    const std::uint64_t length = zstdContentSize(frame.bytes).value_or(0);
    if (length == 0 || !extentFits(disk_, length, diskSize_)) {
      diskKnown_ = false;
      return;
    }
    Record record;
    record.offset = disk_;
    record.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(length, kLongestZeroRun));
    record.position = at;
    record.stored = static_cast<std::uint32_t>(frame.bytes.size());
    record.proven = false;
    if (length > head_.frameBytes) {
      record.zero = kAllZero;
    } else {
      record.present = allChunks(length);
    }
    records_.try_emplace(record.offset, record);
    disk_ += length;
  }

  void finishCatalog() {
    try {
      out_->catalog_ = builder_.finish();
      diskSize_ = out_->catalog_.info.diskSize;
      out_->catalogWhole_ = mapsExpected_ == mapsFound_;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Invalid) throw;
      out_->catalogWhole_ = false;
      out_->catalog_.head = head_;
      out_->catalog_.key = key_;
    }
    if (diskSize_ == kUnknownSize && !records_.empty()) {
      diskSize_ = records_.rbegin()->second.disk().end();
    }
    out_->catalog_.name = bytes().name();
    out_->catalog_.info.diskSize = diskSize_;
    if (!out_->catalogWhole_) {
      out_->catalog_.info.volumes.clear();
      out_->catalog_.maps.clear();
      out_->catalog_.table.clear();
      out_->catalog_.info.table = table::TableKind::None;
    }
  }

  // An INDX says where its frames were; where bytes are missing before them, their hashes tell
  // which of the moves that were seen is theirs.
  void findMoved() {
    if (moves_.size() == 1 && *moves_.begin() == 0) return;
    for (auto& [offset, record] : records_) {
      if (!record.proven) continue;
      for (const std::uint64_t move : moves_) {
        const std::uint64_t at = record.position + move;
        Cancellation::check();
        if (!extentFits(at, record.stored, bytes().size()) ||
            hashOf(bytes().readAt(at, record.stored)) != record.storedHash) {
          continue;
        }
        record.position = at;
        record.moved = move;
        break;
      }
    }
  }

  // What no record covers is lost. In images with chunks, an INDX that covers a place without a
  // record says that nothing was stored.
  void finishIndex() {
    if (records_.empty()) {
      throw Error(ErrorKind::Invalid, bytes().name(), "nothing of its data was found",
                  "there is nothing that could be saved");
    }
    auto part = std::make_shared<IndexPart>();
    part->covers = {0, diskSize_};
    ExtentSet covered;
    if (!head_.open()) covered = indexed_;
    std::uint64_t end = 0;
    for (auto& [offset, record] : records_) {
      if (offset < end || record.disk().end() > diskSize_) continue;
      end = record.disk().end();
      covered.add(record.disk());
      part->records.push_back(std::move(record));
    }
    out_->lost_ = subtract({{0, diskSize_}}, covered);
    out_->foot_.diskSize = diskSize_;
    out_->found_ = std::move(part);
  }

  std::shared_ptr<OpenImage> out_;
  CatalogBuilder builder_;
  Head head_;
  std::shared_ptr<const Key> key_;
  std::map<std::uint64_t, Record> records_;  // by offset on the disk
  ExtentSet indexed_;
  std::set<std::uint64_t> moves_;  // how far frames lie behind their places, modulo 2^64
  std::uint64_t diskSize_ = 0;
  std::uint64_t disk_ = 0;  // where the next frame of data belongs, if that is known
  bool diskKnown_ = true;
  std::size_t mapsExpected_ = 0;
  std::size_t mapsFound_ = 0;
};

std::shared_ptr<const OpenImage> OpenImage::salvage(const std::string& path,
                                                    const CatalogBuilder::Ask& passphrase) {
  try {
    std::shared_ptr<const OpenImage> whole = open(path, passphrase);
    whole->checkIndex();
    return whole;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::Invalid && error.kind() != ErrorKind::Read) throw;
  }
  return Salvage(path, passphrase).run();
}

}  // namespace disktwin::image
