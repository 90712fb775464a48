#include "image/write/replay.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "clone/io/block_reader.h"
#include "image/format/zstd.h"
#include "image/read/catalog.h"
#include "image/read/cell.h"
#include "image/read/frame_stream.h"
#include "platform/error.h"

namespace disktwin::image {

std::unique_ptr<Replay> Replay::scan(std::shared_ptr<const ImageBytes> bytes,
                                     const std::string* passphrase) {
  std::unique_ptr<Replay> out(new Replay);
  out->bytes_ = std::move(bytes);
  const std::optional<Own> first = out->own(0);
  if (!first || first->kind != kHead) return nullptr;
  const std::string& name = out->bytes_->name();
  const Bytes frame = out->bytes_->readAt(0, first->bytes);
  out->head_ = decodeHead(parseOwnFrame(frame, 0, std::nullopt, name), name);
  if (out->head_.encrypted() && passphrase) {
    out->key_ = Key::open(*passphrase, out->head_.id, *out->head_.keyBox, name);
  }
  if (!out->head_.encrypted() || out->key_) out->walk();
  return out;
}

// Stops at the first frame that is cut or wrong: what follows is made anew.
void Replay::walk() {
  BytesFromFront in(bytes_);
  FrameStream frames(in);
  try {
    while (const std::optional<RawFrame> frame = frames.next()) {
      const auto size = static_cast<std::uint32_t>(frame->bytes.size());
      if (frame->kind == RawFrame::Kind::Own) {
        if (!takeOwn(frame->bytes, frame->position)) return;
      } else if (frame->kind == RawFrame::Kind::Zstd && head_.open()) {
        const std::optional<std::uint64_t> plain = zstdContentSize(frame->bytes);
        if (!plain || *plain == 0 || *plain > kLongestZeroRun) return;
        frames_.push_back({disk_, frame->position, size});
        disk_ += *plain;
      } else {
        return;
      }
      end_ = frame->position + size;
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::Invalid) throw;
  }
}

bool Replay::takeOwn(ByteView bytes, std::uint64_t position) {
  const std::string& name = bytes_->name();
  const OwnFrame frame = parseOwnFrame(bytes, position, head_.id, name);
  if (frame.kind == kFoot) return false;
  if (frame.kind == kInfo) {
    info_ = decodeInfo(
        frame.sealed ? ByteView(key_->unseal(frame.body, frame.prefix, name)) : frame.body, name);
  }
  if (frame.kind == kChunks) {
    if (!info_) return false;
    const StoredCell cell = openChunks(frame, head_, key_.get(), info_->diskSize, name);
    frames_.push_back({cell.disk.offset, position, static_cast<std::uint32_t>(bytes.size())});
  }
  return true;
}

Bytes Replay::bytesAt(std::uint64_t position, std::uint64_t count) const {
  return bytes_->readAt(position, count);
}

std::optional<Replay::Own> Replay::own(std::uint64_t position) const {
  const std::uint64_t end = end_ != 0 ? end_ : bytes_->size();
  if (!extentFits(position, kOwnOverhead, end)) return std::nullopt;
  const std::optional<std::uint64_t> size = ownFrameSize(bytes_->readAt(position, 8));
  if (!size || !extentFits(position, *size, end)) return std::nullopt;
  const Bytes bytes = bytes_->readAt(position, *size);
  try {
    const OwnFrame frame = parseOwnFrame(
        bytes, position, end_ != 0 ? std::optional(head_.id) : std::nullopt, bytes_->name());
    Own out{frame.kind, Bytes(frame.body.begin(), frame.body.end()), *size, hashOf(bytes)};
    if (frame.sealed && !key_) return std::nullopt;
    if (frame.sealed) out.body = key_->unseal(frame.body, frame.prefix, bytes_->name());
    return out;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::Invalid) throw;
    return std::nullopt;
  }
}

std::optional<StoredFrame> Replay::find(const Record& record, ByteView plain,
                                        Bytes& payload) const {
  if (stopped_) return std::nullopt;
  try {
    return lookFor(record, plain, payload);
  } catch (const Error& error) {
    // Another thread may have cut the file meanwhile, at a cell that has changed.
    if (error.kind() != ErrorKind::Invalid && error.kind() != ErrorKind::Read) throw;
    return std::nullopt;
  }
}

// Of what is zeroes all bytes are known.
std::optional<StoredFrame> Replay::lookForZeroes(const StoredFrame& at, ByteView stored,
                                                 ByteView payload) const {
  Bytes body(stored.begin(), stored.end());
  if (!head_.open()) {
    const OwnFrame frame = parseOwnFrame(stored, at.position, head_.id, bytes_->name());
    if (frame.kind != kChunks || frame.sealed != head_.encrypted()) return std::nullopt;
    body = openBody(frame, head_, key_.get(), bytes_->name());
  }
  const bool same = std::equal(body.begin(), body.end(), payload.begin(), payload.end());
  return same ? std::optional(at) : std::nullopt;
}

std::optional<StoredFrame> Replay::lookFor(const Record& record, ByteView plain,
                                           Bytes& payload) const {
  const auto at = std::lower_bound(
      frames_.begin(), frames_.end(), record.offset,
      [](const StoredFrame& frame, std::uint64_t offset) { return frame.offset < offset; });
  if (at == frames_.end() || at->offset != record.offset) return std::nullopt;
  Bytes stored = bytes_->readAt(at->position, at->bytes);
  if (record.present == 0) return lookForZeroes(*at, stored, payload);
  StoredCell cell{record.disk(), record.present, record.zero, {}, stored};
  if (!head_.open()) {
    const OwnFrame frame = parseOwnFrame(stored, at->position, head_.id, bytes_->name());
    StoredCell there = openChunks(frame, head_, key_.get(), info_->diskSize, bytes_->name());
    if (there.disk != cell.disk || there.present != cell.present || there.zero != cell.zero) {
      return std::nullopt;
    }
    cell = std::move(there);
  }
  Bytes decoded(plain.size());
  if (!decoders().take()->zstd.decompress(cell.zstd, decoded) ||
      std::memcmp(decoded.data(), plain.data(), plain.size()) != 0) {
    return std::nullopt;
  }
  if (head_.open()) {
    payload = std::move(stored);
  } else {
    const ByteView body =
        cell.opened.empty()
            ? ByteView(stored).subspan(sizeof(FramePrefix), stored.size() - kOwnOverhead)
            : ByteView(cell.opened);
    payload.assign(body.begin(), body.end());
  }
  return *at;
}

}  // namespace disktwin::image
