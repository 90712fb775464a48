// A target that remembers how it was written, fails on demand, and can lose power: what was not
// flushed may then be there, or not, block by block.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <vector>

#include "clone/io/block_target.h"
#include "platform/error.h"
#include "tests/support/memory_disk.h"

namespace disktwin::test {

class FaultDisk final : public BlockTarget {
 public:
  explicit FaultDisk(std::vector<std::byte> content)
      : durable_(std::move(content)), current_(durable_) {}

  std::string name() const override { return "target"; }
  std::uint64_t size() const override { return current_.size(); }
  void write(std::uint64_t offset, std::span<const std::byte> data) override {
    const std::lock_guard lock(mutex_);
    step();
    if (!extentFits(offset, data.size(), current_.size())) {
      throw Error(ErrorKind::Write, name(), "beyond the end");
    }
    pending_.push_back({offset, std::vector<std::byte>(data.begin(), data.end())});
    std::copy(data.begin(), data.end(), current_.begin() + static_cast<long>(offset));
    written_.push_back({offset, data.size()});
  }
  void zero(Extent range) override {
    write(range.offset, std::vector<std::byte>(static_cast<std::size_t>(range.length)));
  }
  void flush() override {
    const std::lock_guard lock(mutex_);
    step();
    durable_ = current_;
    pending_.clear();
    flushedAfter_.push_back(written_.size());
  }
  ReaderPtr readBack() override {
    if (!corrupt_) return std::make_shared<Live>(*this);
    auto disk = std::make_shared<MemoryDisk>(current_);
    corrupt_(disk->bytes());
    return disk;
  }

  // The call with this number (counted from 0) and all after it fail, as after pulling the plug, or
  // with another kind of error.
  void failAt(std::uint64_t call, ErrorKind kind = ErrorKind::Write) {
    failAt_ = call;
    kind_ = kind;
  }
  // Applied to what readBack() shows.
  void corruptReadBack(std::function<void(std::vector<std::byte>&)> how) {
    corrupt_ = std::move(how);
  }
  std::uint64_t calls() const { return calls_; }
  const std::vector<std::byte>& bytes() const { return current_; }
  const std::vector<Extent>& written() const { return written_; }
  // After how many writes each flush came.
  const std::vector<std::size_t>& flushedAfter() const { return flushedAfter_; }

  // What the medium may hold after a power failure now: everything flushed, and of the rest, 512
  // bytes at a time, a random part.
  std::vector<std::byte> afterPowerFailure(std::mt19937& random) const {
    std::vector<std::byte> out = durable_;
    for (const auto& [offset, data] : pending_) {
      const auto fate = random() % 3;
      if (fate == 0) continue;
      for (std::size_t at = 0; at < data.size(); at += 512) {
        if (fate == 1 && random() % 2 == 0) continue;
        const std::size_t length = std::min<std::size_t>(512, data.size() - at);
        std::copy_n(data.begin() + static_cast<long>(at), length,
                    out.begin() + static_cast<long>(offset + at));
      }
    }
    return out;
  }

 private:
  // Sees what is written later, too.
  class Live final : public BlockReader {
   public:
    explicit Live(FaultDisk& disk) : disk_(disk) {}
    std::string name() const override { return disk_.name(); }
    std::uint64_t size() const override { return disk_.size(); }
    std::uint32_t sectorSize() const override { return 512; }
    void read(std::uint64_t offset, std::span<std::byte> out) const override {
      const std::lock_guard lock(disk_.mutex_);
      if (!extentFits(offset, out.size(), disk_.current_.size())) {
        throw Error(ErrorKind::Invalid, name(), "read beyond the end");
      }
      std::copy_n(disk_.current_.begin() + static_cast<long>(offset), out.size(), out.begin());
    }

   private:
    FaultDisk& disk_;
  };

  struct Write {
    std::uint64_t offset;
    std::vector<std::byte> data;
  };
  void step() {
    if (calls_++ >= failAt_) throw Error(kind_, name(), "the plug was pulled");
  }

  std::mutex mutex_;
  std::vector<std::byte> durable_;
  std::vector<std::byte> current_;
  std::vector<Write> pending_;
  std::vector<Extent> written_;
  std::vector<std::size_t> flushedAfter_;
  std::function<void(std::vector<std::byte>&)> corrupt_;
  std::uint64_t calls_ = 0;
  std::uint64_t failAt_ = ~0ULL;
  ErrorKind kind_ = ErrorKind::Write;
};

}  // namespace disktwin::test
