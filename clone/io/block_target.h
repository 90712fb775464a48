// Where bytes go: a disk, a partition, a file. The seam where tests put a disk that fails or
// forgets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "clone/io/block_reader.h"
#include "platform/extent.h"

namespace disktwin {

// Offsets and sizes are bytes. write() and zero() may run concurrently on ranges that do not
// overlap; the rest must not overlap them. Errors are Error(Write) and Error(NoSpace).
class BlockTarget {
 public:
  virtual ~BlockTarget() = default;

  virtual std::string name() const = 0;
  virtual std::uint64_t size() const = 0;

  virtual void write(std::uint64_t offset, std::span<const std::byte> data) = 0;
  // Afterwards the range reads as zeroes; by whatever means is cheapest.
  virtual void zero(Extent range) = 0;
  // When this returns, everything written so far survives a power failure.
  virtual void flush() = 0;

  // A new reader that sees what the medium holds, not what a cache remembers of it. Call after
  // flush().
  virtual ReaderPtr readBack() = 0;
};

}  // namespace disktwin
