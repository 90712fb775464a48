// Runs a capture.
#pragma once

#include "clone/copy/progress.h"
#include "clone/copy/rate_limit.h"
#include "image/write/capture_plan.h"
#include "image/write/capture_sink.h"

namespace disktwin::image {

inline constexpr int kDefaultLevel = 3;
inline constexpr int kHighestLevel = 19;

// Bytes of a cell at a level: small frames cost size, large ones make reading a little of one slow.
std::uint32_t frameBytesFor(int level);
// Threads that compress at a level where there are so many processors: so few that all of a capture
// stays within 256 MiB.
unsigned threadsFor(int level, unsigned processors);
// The smallest volume in which every frame has room, in bytes.
std::uint64_t smallestVolume(std::uint32_t frameBytes);

// The parent of an incremental image, as far as a capture needs it. Thread-safe.
class Parent : public ParentChunks {
 public:
  virtual std::uint64_t diskSize() const = 0;
  // As BlockReader::nextData().
  virtual Extent nextData(std::uint64_t from) const = 0;
};

struct CaptureJob {
  Head head;                       // id, frame bytes, parent, key box
  std::shared_ptr<const Key> key;  // null when not encrypted
  int level = kDefaultLevel;
  unsigned threads = 0;                    // 0: threadsFor() this machine
  std::shared_ptr<copy::RateLimit> limit;  // of what is read
  const Parent* parent = nullptr;          // set when incremental
  Replay* replay = nullptr;                // what an earlier run has left
};

struct CaptureResult {
  std::uint64_t imageBytes = 0;
  std::uint64_t presentBytes = 0;   // of the disk, in the image
  std::uint64_t replayedBytes = 0;  // taken over from an earlier run
};

// Reads the source through the plan and writes the image. When this returns, the image is whole and
// has its name. Throws what reading and writing throw; what was written then stays for a later run.
CaptureResult runCapture(const CapturePlan& plan, const ReaderPtr& source, const CaptureJob& job,
                         Output& output, copy::Progress& progress);

}  // namespace disktwin::image
