#include "image/format/zstd.h"

#include <fmt/format.h>
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "platform/aligned_buffer.h"
#include "platform/error.h"

namespace disktwin::image {
namespace {

// Below this level trying costs as little as asking.
constexpr int kCheapLevel = 3;
// From here on a frame takes seconds.
constexpr int kSlowLevel = 13;
constexpr std::size_t kProbe = 64U << 10;
constexpr int kProbes = 4;

std::size_t checked(std::size_t code) {
  if (ZSTD_isError(code) != 0) {
    throw Error(ErrorKind::Failed, "zstd", ZSTD_getErrorName(code), "please report this");
  }
  return code;
}

// What differs from zstd's own choice for a level; 0 leaves it.
struct Tuning {
  int windowLog = 0;
  int hashLog = 0;
  int strategy = 0;
};

// A frame is in memory as a whole, so its window may be as large for nothing. At level 9 a table
// that stays in the processor's caches, and one look ahead instead of two, gain a quarter of the
// time and more, and lose about what the window brings (measured with frames of 8 MiB).
Tuning tuningFor(int level) {
  if (level <= kCheapLevel) return {};
  constexpr int kWindowLog = 24;  // the largest frame
  if (level == 9) return {.windowLog = kWindowLog, .hashLog = 20, .strategy = ZSTD_lazy};
  return {.windowLog = kWindowLog};
}

// A context's tables are gone to and fro in for each byte.
constexpr std::size_t kLarge = 1U << 20;

void* allocate(void*, std::size_t size) {
  return size < kLarge ? std::malloc(size) : allocateForReuse(size);
}
void release(void*, void* memory) {
  std::free(memory);
}

}  // namespace

struct Compressor::State {
  int level;
  ZSTD_CCtx* context = ZSTD_createCCtx_advanced({&allocate, &release, nullptr});
  ReusedBuffer buffer;
  explicit State(int at) : level(at) {
    if (!context) throw std::bad_alloc();
    checked(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1));
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ZSTD_freeCCtx(context); }

  void use(int at) const {
    const Tuning tuning = tuningFor(at);
    for (const auto& [parameter, value] : {std::pair{ZSTD_c_compressionLevel, at},
                                           {ZSTD_c_windowLog, tuning.windowLog},
                                           {ZSTD_c_hashLog, tuning.hashLog},
                                           {ZSTD_c_strategy, tuning.strategy}}) {
      checked(ZSTD_CCtx_setParameter(context, parameter, value));
    }
  }
};

Compressor::Compressor(int level) : state_(std::make_unique<State>(level)) {}
Compressor::~Compressor() = default;

// Data that is compressed or encrypted already looks so wherever one looks.
bool Compressor::seemsDense(ByteView plain) {
  if (plain.size() < kProbes * kProbe) return false;
  state_->use(1);
  const std::span<std::byte> room = state_->buffer.take(ZSTD_compressBound(kProbe));
  std::size_t size = 0;
  for (std::size_t i = 0; i < kProbes; ++i) {
    const ByteView piece = plain.subspan(i * (plain.size() / kProbes), kProbe);
    size += checked(
        ZSTD_compress2(state_->context, room.data(), room.size(), piece.data(), piece.size()));
  }
  return size >= kProbes * kProbe / 50 * 49;
}

void Compressor::compress(ByteView plain, Bytes& out) {
  const bool dense = state_->level > kCheapLevel && seemsDense(plain);
  state_->use(dense ? 1 : state_->level);
  const std::span<std::byte> room = state_->buffer.take(ZSTD_compressBound(plain.size()));
  const std::size_t size = checked(
      ZSTD_compress2(state_->context, room.data(), room.size(), plain.data(), plain.size()));
  // What waits for its turn to be written holds no more than it needs.
  out.reserve(out.size() + size);
  out.insert(out.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size));
  // Where the tables take most of the memory that there is, a page anew costs next to nothing.
  if (state_->level >= kSlowLevel) state_->buffer = {};
}

namespace {

// The largest cell; every decoder takes as much without being asked to.
constexpr std::uint64_t kLargestWindow = 16U << 20;

// A frame's header (RFC 8878, 3.1.1.1), a piece at a time.
class FrameHeader {
 public:
  // False as soon as it is none of a frame that names `length` as its content size, has a checksum,
  // and needs no more memory than it may.
  bool add(ByteView next, std::uint64_t length) {
    if (isWhole_) return true;
    const std::size_t count = std::min(next.size(), bytes_.size() - size_);
    std::copy_n(next.begin(), count, bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += count;
    ZSTD_frameHeader header{};
    const std::size_t missing = ZSTD_getFrameHeader(&header, bytes_.data(), size_);
    if (ZSTD_isError(missing) != 0) return false;
    if (missing != 0) return true;
    isWhole_ = true;
    return header.frameType == ZSTD_frame && header.frameContentSize == length &&
           header.checksumFlag != 0 && header.windowSize <= kLargestWindow;
  }
  bool isWhole() const { return isWhole_; }

 private:
  std::array<std::byte, ZSTD_FRAMEHEADERSIZE_MAX> bytes_{};
  std::size_t size_ = 0;
  bool isWhole_ = false;
};

}  // namespace

struct Decompressor::State {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  Bytes buffer;
  State() {
    if (!context) throw std::bad_alloc();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ZSTD_freeDCtx(context); }

  ZSTD_DCtx* begin(Checksum checksum) const {
    checked(ZSTD_DCtx_reset(context, ZSTD_reset_session_only));
    checked(ZSTD_DCtx_setParameter(
        context, ZSTD_d_forceIgnoreChecksum,
        checksum == Checksum::Compared ? ZSTD_d_validateChecksum : ZSTD_d_ignoreChecksum));
    return context;
  }
};

Decompressor::Decompressor() : state_(std::make_unique<State>()) {}
Decompressor::~Decompressor() = default;

bool Decompressor::decompress(const Feed& feed, std::span<std::byte> out, const Grown& grown,
                              Checksum checksum) {
  ZSTD_DCtx* const context = state_->begin(checksum);
  if (ZSTD_isError(ZSTD_decompressBegin(context)) != 0) return false;
  std::size_t done = 0;
  FrameHeader header;
  while (true) {
    const std::size_t wanted = ZSTD_nextSrcSizeToDecompress(context);
    if (wanted == 0) return done == out.size();
    const ByteView next = feed(wanted);
    if (next.size() != wanted) return false;
    if (!header.add(next, out.size())) return false;
    const std::size_t got = ZSTD_decompressContinue(context, out.data() + done, out.size() - done,
                                                    next.data(), next.size());
    if (ZSTD_isError(got) != 0) return false;
    done += got;
    if (got != 0 && grown) grown(done);
  }
}

bool Decompressor::decompress(ByteView frame, std::span<std::byte> out, const Grown& grown,
                              Checksum checksum) {
  const Feed feed = [&](std::size_t count) {
    if (count > frame.size()) return ByteView();
    const ByteView next = frame.first(count);
    frame = frame.subspan(count);
    return next;
  };
  return decompress(feed, out, grown, checksum) && frame.empty();
}

bool Decompressor::givesZeroes(ByteView frame, std::uint64_t length) {
  if (frame.size() == zeroFrameSize(length)) {
    const Bytes ours = makeZeroFrame(length);
    if (std::equal(ours.begin(), ours.end(), frame.begin())) return true;
  }
  FrameHeader header;
  if (!header.add(frame, length) || !header.isWhole()) return false;
  state_->buffer.resize(ZSTD_DStreamOutSize());
  ZSTD_DCtx* const context = state_->begin(Checksum::Compared);
  ZSTD_inBuffer in{frame.data(), frame.size(), 0};
  std::uint64_t total = 0;
  while (true) {
    ZSTD_outBuffer out{state_->buffer.data(), state_->buffer.size(), 0};
    const std::size_t left = ZSTD_decompressStream(context, &out, &in);
    if (ZSTD_isError(left) != 0) return false;
    for (std::size_t i = 0; i < out.pos; ++i) {
      if (state_->buffer[i] != std::byte{0}) return false;
    }
    total += out.pos;
    if (total > length) return false;
    if (left == 0) return in.pos == in.size && total == length;
    if (out.pos == 0 && in.pos == in.size) return false;
  }
}

std::optional<std::uint64_t> zstdFrameSize(ByteView bytes) {
  const std::size_t size = ZSTD_findFrameCompressedSize(bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0) return std::nullopt;
  return size;
}

std::optional<std::uint64_t> zstdContentSize(ByteView bytes) {
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) return std::nullopt;
  return size;
}

}  // namespace disktwin::image
