// The one loop that moves bulk data: blocks of a source through many preparing threads into a sink.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

#include "clone/copy/block_list.h"
#include "clone/copy/rate_limit.h"
#include "clone/io/block_reader.h"

namespace disktwin::copy {

// What becomes of a block. prepare() does the work (hash, compress, compare, write to a place of
// its own) and runs on many threads at once; commit() does what needs order, one call at a time, in
// the order of Block::sequence.
class Sink {
 public:
  virtual ~Sink() = default;

  class Prepared {
   public:
    virtual ~Prepared() = default;
  };

  // `data` is the block's bytes, valid during the call; a block of zeroes comes as an empty span,
  // so that nobody has to read or write them. The memory is aligned for direct I/O.
  virtual std::unique_ptr<Prepared> prepare(const Block& block,
                                            std::span<const std::byte> data) = 0;
  virtual void commit(const Block& block, std::unique_ptr<Prepared> prepared) = 0;
};

struct PipelineOptions {
  unsigned threads = 0;  // 0: as many as the machine makes good use of
  // The reader is the target: blocks are read at Block::target instead of Block::source.
  bool readTarget = false;
  // Of what is read, but zeroes that need no reading; null: as fast as it goes.
  std::shared_ptr<RateLimit> limit{};
};

// Runs every block of the list through the sink. Memory is bounded by threads * BlockList::grid()
// for data in hand and by a few times that for prepared blocks that wait for their turn. Looks at
// Cancellation::requested() before each block. The first error of any thread stops all and is
// thrown here, when every thread has ended. `betweenParts` is called when all blocks that are not
// held back have been committed and no thread is at work; the blocks held back then go one by one.
// `progress` is called with each block that was committed, in order, one call at a time.
void run(BlockList& blocks, const BlockReader& reader, Sink& sink, const PipelineOptions& options,
         const std::function<void(const Block&)>& progress,
         const std::function<void()>& betweenParts = {});

}  // namespace disktwin::copy
