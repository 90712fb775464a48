#include "clone/files/ext/channel.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "platform/error.h"
#include "platform/extent.h"

namespace disktwin::files {
namespace {

constexpr std::uint64_t kPiece = 64 * KiB;
constexpr std::size_t kPieces = 128;

// The library opens by a name and has no other way to say what is meant.
thread_local ExtChannel* opening = nullptr;

errcode_t onOpen(const char* name, int, io_channel* out);

errcode_t onClose(io_channel channel) {
  if (--channel->refcount == 0) delete channel;
  return 0;
}

errcode_t onSetBlockSize(io_channel channel, int size) {
  channel->block_size = size;
  return 0;
}

// A negative count is one of bytes.
errcode_t onRead64(io_channel channel, unsigned long long block, int count, void* out) {
  auto* self = static_cast<ExtChannel*>(channel->private_data);
  const auto blockSize = static_cast<std::uint64_t>(channel->block_size);
  const std::int64_t wide = count;
  const std::uint64_t length =
      wide < 0 ? static_cast<std::uint64_t>(-wide) : static_cast<std::uint64_t>(wide) * blockSize;
  std::uint64_t offset = 0;
  if (__builtin_mul_overflow(block, blockSize, &offset)) return EXT2_ET_SHORT_READ;
  const std::span bytes(static_cast<std::byte*>(out), static_cast<std::size_t>(length));
  try {
    return self->read(offset, bytes) ? 0 : EXT2_ET_SHORT_READ;
  } catch (...) {  // none passes through the library
    return EXT2_ET_NO_MEMORY;
  }
}

errcode_t onRead(io_channel channel, unsigned long block, int count, void* out) {
  return onRead64(channel, block, count, out);
}

errcode_t onWrite64(io_channel, unsigned long long, int, const void*) {
  return EXT2_ET_RO_FILSYS;
}

errcode_t onWrite(io_channel, unsigned long, int, const void*) {
  return EXT2_ET_RO_FILSYS;
}

errcode_t onFlush(io_channel) {
  return 0;
}

io_manager manager() {
  static struct_io_manager out = [] {
    struct_io_manager made{};
    made.magic = EXT2_ET_MAGIC_IO_MANAGER;
    made.name = "disktwin";
    made.open = &onOpen;
    made.close = &onClose;
    made.set_blksize = &onSetBlockSize;
    made.read_blk = &onRead;
    made.read_blk64 = &onRead64;
    made.write_blk = &onWrite;
    made.write_blk64 = &onWrite64;
    made.flush = &onFlush;
    return made;
  }();
  return &out;
}

// The library reads `name` until it closes the channel.
errcode_t onOpen(const char*, int, io_channel* out) {
  static char name[] = "volume";
  auto made = std::make_unique<struct_io_channel>();
  made->magic = EXT2_ET_MAGIC_IO_CHANNEL;
  made->manager = manager();
  made->name = name;
  made->block_size = 1024;
  made->refcount = 1;
  made->private_data = opening;
  *out = made.release();
  return 0;
}

}  // namespace

void requireExt(errcode_t code, const char* what) {
  if (code == 0) return;
  static const bool knowsWords = (initialize_ext2_error_table(), true);
  throw Error(ErrorKind::Failed, "volume",
              knowsWords ? fmt::format("{} ({})", what, error_message(code)) : what);
}

ExtChannel::ExtChannel(std::uint64_t size, ReadBytes read)
    : size_(size), read_(std::move(read)), pieces_(kPieces) {}

ext2_filsys ExtChannel::open() {
  ext2_filsys out = nullptr;
  opening = this;
  const auto openAs = [&](int flags) {
    return ext2fs_open2("volume", nullptr, flags, 0, 0, manager(), &out);
  };
  errcode_t code = openAs(EXT2_FLAG_64BITS);
  // Of the superblock alone: the files may be whole, and who saves them has no other way.
  if (code == EXT2_ET_SB_CSUM_INVALID) {
    code = openAs(EXT2_FLAG_64BITS | EXT2_FLAG_IGNORE_CSUM_ERRORS);
    if (code == 0) out->flags &= ~EXT2_FLAG_IGNORE_CSUM_ERRORS;
  }
  opening = nullptr;
  requireExt(code, "the filesystem cannot be opened");
  return out;
}

bool ExtChannel::read(std::uint64_t offset, std::span<std::byte> out) {
  if (!extentFits(offset, out.size(), size_)) return false;
  if (out.size() >= kPiece) return read_(offset, out, Need::Wanted);
  while (!out.empty()) {
    const auto part =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), kPiece - offset % kPiece));
    if (!readRemembered(offset, out.first(part))) return false;
    offset += part;
    out = out.subspan(part);
  }
  return true;
}

// Of one piece.
bool ExtChannel::readRemembered(std::uint64_t offset, std::span<std::byte> out) {
  const Piece* piece = pieceAt(offset / kPiece * kPiece);
  // A bad place nearby is none here.
  if (!piece) return read_(offset, out, Need::Wanted);
  const auto from = static_cast<std::ptrdiff_t>(offset - piece->offset);
  std::copy_n(piece->bytes.begin() + from, out.size(), out.begin());
  return true;
}

const ExtChannel::Piece* ExtChannel::pieceAt(std::uint64_t offset) {
  Piece& piece = pieces_[static_cast<std::size_t>(offset / kPiece % pieces_.size())];
  if (piece.offset == offset && piece.isBad) return nullptr;
  if (piece.offset == offset && !piece.bytes.empty()) return &piece;
  piece = {offset,
           std::vector<std::byte>(static_cast<std::size_t>(std::min(kPiece, size_ - offset)))};
  if (read_(offset, piece.bytes, Need::Tried)) return &piece;
  piece = {offset, {}, true};
  return nullptr;
}

}  // namespace disktwin::files
