#include "clone/copy/sinks.h"

#include <cstring>
#include <utility>

#include "platform/aligned_buffer.h"

namespace disktwin::copy {
namespace {

struct Hashed final : Sink::Prepared {
  explicit Hashed(Hash128 value) : hash(value) {}
  Hash128 hash;
};

struct Verdict final : Sink::Prepared {
  explicit Verdict(bool isSame) : same(isSame) {}
  bool same;
};

Hash128 hashOfZeroes(std::uint64_t length) {
  return hashOf(std::vector<std::byte>(static_cast<std::size_t>(length)));
}

}  // namespace

bool isZero(std::span<const std::byte> data) {
  // Comparing the bytes with themselves one further on runs at memory speed.
  return data.empty() || (data[0] == std::byte{0} &&
                          std::memcmp(data.data(), data.data() + 1, data.size() - 1) == 0);
}

HashSink::HashSink(HashLog& log, std::uint64_t grid)
    : log_(log), grid_(grid), zeroBlock_(hashOfZeroes(grid)) {}

std::unique_ptr<Sink::Prepared> HashSink::prepare(const Block& block,
                                                  std::span<const std::byte> data) {
  if (!data.empty()) return std::make_unique<Hashed>(hashOf(data));
  return std::make_unique<Hashed>(block.source.length == grid_ ? zeroBlock_
                                                               : hashOfZeroes(block.source.length));
}

void HashSink::commit(const Block&, std::unique_ptr<Prepared> prepared) {
  log_.add(static_cast<const Hashed&>(*prepared).hash);
}

std::unique_ptr<Sink::Prepared> DiskSink::prepare(const Block& block,
                                                  std::span<const std::byte> data) {
  if (isZero(data)) {
    target_.zero({block.target, block.source.length});
  } else {
    target_.write(block.target, data);
  }
  return HashSink::prepare(block, data);
}

std::unique_ptr<Sink::Prepared> CompareSink::prepare(const Block& block,
                                                     std::span<const std::byte> data) {
  const Extent there = other_.nextData(block.target);
  const bool zeroThere = there.empty() || there.offset >= block.target + block.source.length;
  if (zeroThere) return std::make_unique<Verdict>(isZero(data));
  const AlignedBuffer buffer(static_cast<std::size_t>(block.source.length));
  const auto bytes = buffer.first(buffer.size());
  other_.read(block.target, bytes);
  const bool same =
      data.empty() ? isZero(bytes) : std::memcmp(bytes.data(), data.data(), bytes.size()) == 0;
  return std::make_unique<Verdict>(same);
}

void CompareSink::commit(const Block& block, std::unique_ptr<Prepared> prepared) {
  if (static_cast<const Verdict&>(*prepared).same) return;
  ++count_;
  if (!differing_.empty()) {
    Block& last = differing_.back();
    if (last.region == block.region && last.source.end() == block.source.offset) {
      last.source.length += block.source.length;
      return;
    }
  }
  if (differing_.size() < most_) differing_.push_back(block);
}

}  // namespace disktwin::copy
