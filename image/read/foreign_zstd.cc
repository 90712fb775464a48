#include "image/read/foreign_zstd.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "clone/copy/sinks.h"
#include "platform/error.h"
#include "platform/size_text.h"

namespace disktwin::image {
namespace {

constexpr std::size_t kCell = 4U << 20;
constexpr std::size_t kInput = 1U << 20;

class DecodedCell final : public FrontCell {
 public:
  DecodedCell(Extent disk, Bytes plain) : FrontCell(disk), ready_(std::move(plain)) {}

 protected:
  Bytes decode() override { return std::move(ready_); }

 private:
  Bytes ready_;
};

}  // namespace

struct ForeignZstd::State {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  Bytes input = Bytes(kInput);
  ZSTD_inBuffer in{nullptr, 0, 0};
  bool inFrame = false;
  bool ended = false;

  State() {
    // A window of more than 128 MiB is refused by default, and that is right here too.
    if (!context) throw std::bad_alloc();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ZSTD_freeDCtx(context); }
};

ForeignZstd::ForeignZstd(std::unique_ptr<ByteStream> in, std::uint64_t size, bool atMost)
    : in_(std::move(in)), state_(std::make_unique<State>()), size_(size), atMost_(atMost) {}

ForeignZstd::~ForeignZstd() = default;

// Decodes up to a cell; false at the end.
bool ForeignZstd::fill(Bytes& cell) {
  cell.resize(kCell);
  ZSTD_outBuffer out{cell.data(), cell.size(), 0};
  State& state = *state_;
  while (out.pos < out.size && !state.ended) {
    if (state.in.pos == state.in.size) {
      const std::size_t got = in_->read(state.input);
      if (got == 0 && state.inFrame) {
        throw Error(ErrorKind::Invalid, name(),
                    fmt::format("ends in the midst of a frame, at byte {} of the disk: it is cut",
                                came_ + out.pos));
      }
      state.ended = got == 0;
      state.in = {state.input.data(), got, 0};
      if (state.ended) break;
    }
    const std::size_t left = ZSTD_decompressStream(state.context, &out, &state.in);
    if (ZSTD_isError(left) != 0) {
      throw Error(ErrorKind::Invalid, name(),
                  fmt::format("damaged at byte {} of the disk: {}", came_ + out.pos,
                              ZSTD_getErrorName(left)));
    }
    state.inFrame = left != 0;
  }
  cell.resize(out.pos);
  return out.pos != 0;
}

std::shared_ptr<FrontCell> ForeignZstd::pull() {
  Bytes cell;
  while (fill(cell)) {
    const Extent disk{came_, cell.size()};
    came_ = disk.end();
    if (came_ > size_) {
      throw Error(atMost_ ? ErrorKind::NoSpace : ErrorKind::Invalid, name(),
                  fmt::format("holds more than the {} there is room for", formatSizeExactly(size_)),
                  "choose a larger target");
    }
    if (!copy::isZero(cell)) return std::make_shared<DecodedCell>(disk, std::move(cell));
  }
  if (!atMost_ && came_ != size_) {
    throw Error(ErrorKind::Invalid, name(), "is shorter than it was a moment ago");
  }
  return nullptr;
}

std::uint64_t foreignSize(std::unique_ptr<ByteStream> in, copy::Progress& progress) {
  ForeignZstd all(std::move(in), std::numeric_limits<std::uint64_t>::max(), true);
  progress.begin(copy::Phase::Verify, 0);
  all.finish();
  return all.came();
}

}  // namespace disktwin::image
