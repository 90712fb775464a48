#include "clone/copy/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "platform/aligned_buffer.h"
#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/processors.h"

namespace disktwin::copy {
namespace {

// Requests in flight keep a drive busy even where there are few cores to prepare blocks; of large
// ones a few are enough.
constexpr unsigned kFewestThreads = 8;
constexpr unsigned kFewestOfLarge = 4;
constexpr std::uint64_t kLarge = 4 * MiB;
constexpr unsigned kMostThreads = 16;
// What all threads have in hand, in bytes.
constexpr std::uint64_t kBytesInFlight = 48 * MiB;
// Blocks that are taken but not committed may hold so many bytes, but there are always as many as
// threads, and no more than a few for each.
constexpr std::uint64_t kBytesTaken = 32 * MiB;

unsigned threadCount(const PipelineOptions& options, std::uint64_t grid) {
  if (options.threads != 0) return options.threads;
  const unsigned fewest = grid < kLarge ? kFewestThreads : kFewestOfLarge;
  const auto most =
      static_cast<unsigned>(std::clamp<std::uint64_t>(kBytesInFlight / grid, fewest, kMostThreads));
  return std::clamp(usableProcessors(), fewest, most);
}

std::uint64_t windowOf(unsigned threads, std::uint64_t grid) {
  return std::clamp<std::uint64_t>(kBytesTaken / grid, threads, 4ULL * threads);
}

class Pipeline {
 public:
  Pipeline(BlockList& blocks, const BlockReader& reader, Sink& sink, const PipelineOptions& options,
           const std::function<void(const Block&)>& progress, std::uint64_t first = 0)
      : blocks_(blocks),
        reader_(reader),
        sink_(sink),
        readTarget_(options.readTarget),
        threads_(threadCount(options, blocks.grid())),
        window_(windowOf(threads_, blocks.grid())),
        limit_(options.limit),
        progress_(progress),
        taken_(first),
        committed_(first) {}

  void run() {
    std::vector<std::jthread> workers;
    workers.reserve(threads_);
    try {
      for (unsigned i = 0; i < threads_; ++i) workers.emplace_back([this] { work(); });
    } catch (...) {
      fail(std::current_exception());
    }
    workers.clear();  // joins
    if (error_) std::rethrow_exception(error_);
  }

 private:
  struct Waiting {
    Block block;
    std::unique_ptr<Sink::Prepared> prepared;
  };

  void work() {
    try {
      const AlignedBuffer buffer = AlignedBuffer::forReuse(blocks_.grid());
      while (const std::optional<Block> block = take()) {
        auto prepared = sink_.prepare(*block, load(*block, buffer));
        hand(*block, std::move(prepared));
      }
    } catch (...) {
      fail(std::current_exception());
    }
  }

  // The next block, or nothing when there is none or the work has been stopped.
  std::optional<Block> take() {
    Cancellation::check();
    std::unique_lock lock(mutex_);
    // One slow block must not let the others pile up behind it.
    room_.wait(lock, [&] { return error_ || taken_ - committed_ < window_; });
    if (error_) return std::nullopt;
    std::optional<Block> block = blocks_.next();
    if (block) ++taken_;
    return block;
  }

  // Empty when the reader is known to hold only zeroes there.
  std::span<const std::byte> load(const Block& block, const AlignedBuffer& buffer) {
    const std::uint64_t at = readTarget_ ? block.target : block.source.offset;
    if (!extentFits(at, block.source.length, reader_.size())) {
      throw Error(ErrorKind::Read, reader_.name(),
                  fmt::format("ends at byte {}, expected at least {}", reader_.size(),
                              at + block.source.length));
    }
    const Extent data = reader_.nextData(at);
    if (data.empty() || data.offset >= at + block.source.length) return {};
    if (limit_) limit_->take(block.source.length, [this] { return hasFailed(); });
    const auto bytes = buffer.first(static_cast<std::size_t>(block.source.length));
    reader_.read(at, bytes);
    return bytes;
  }

  // Whoever brings the block whose turn it is commits it and all that waited for it.
  void hand(const Block& block, std::unique_ptr<Sink::Prepared> prepared) {
    std::unique_lock lock(mutex_);
    waiting_.emplace(block.sequence, Waiting{block, std::move(prepared)});
    if (committing_) return;
    committing_ = true;
    while (!error_ && !waiting_.empty() && waiting_.begin()->first == committed_) {
      Waiting turn = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      lock.unlock();
      sink_.commit(turn.block, std::move(turn.prepared));
      progress_(turn.block);
      lock.lock();
      ++committed_;
      room_.notify_all();
    }
    committing_ = false;
  }

  bool hasFailed() {
    const std::lock_guard lock(mutex_);
    return error_ != nullptr;
  }

  void fail(std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
    room_.notify_all();
  }

  BlockList& blocks_;
  const BlockReader& reader_;
  Sink& sink_;
  const bool readTarget_;
  const unsigned threads_;
  const std::uint64_t window_;  // blocks taken but not committed, at most
  const std::shared_ptr<RateLimit> limit_;
  const std::function<void(const Block&)>& progress_;

  std::mutex mutex_;  // guards all below, and blocks_
  std::condition_variable room_;
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t taken_;  // blocks of this and earlier parts
  std::uint64_t committed_;
  bool committing_ = false;
  std::exception_ptr error_;
};

}  // namespace

void run(BlockList& blocks, const BlockReader& reader, Sink& sink, const PipelineOptions& options,
         const std::function<void(const Block&)>& progress,
         const std::function<void()>& betweenParts) {
  Pipeline(blocks, reader, sink, options, progress).run();
  if (betweenParts) betweenParts();
  blocks.startHeldBack();
  PipelineOptions oneByOne = options;
  oneByOne.threads = 1;
  Pipeline(blocks, reader, sink, oneByOne, progress, blocks.taken()).run();
}

}  // namespace disktwin::copy
