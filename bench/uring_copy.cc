// bare_copy by io_uring: one thread, many requests in flight, registered buffers and files. Kept to
// see again whether it would be faster than threads: see docs/performance.md.
//
//   uring_copy SOURCE TARGET [IN-FLIGHT [KIB]]
#include <fcntl.h>
#include <fmt/format.h>
#include <liburing.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "bench/used_pieces.h"
#include "platform/aligned_buffer.h"
#include "platform/error.h"

using namespace disktwin;

namespace {

struct Slot {
  Extent piece;
  bool isWriting = false;
};

class Copy {
 public:
  Copy(int from, int to, const std::vector<Extent>& pieces, unsigned inFlight, std::uint64_t most)
      : pieces_(pieces), slots_(inFlight) {
    for (unsigned i = 0; i < inFlight; ++i) {
      buffers_.emplace_back(static_cast<std::size_t>(most));
      vectors_.push_back({buffers_.back().data(), static_cast<std::size_t>(most)});
    }
    const int files[] = {from, to};
    if (io_uring_queue_init(2 * inFlight, &ring_, 0) != 0 ||
        io_uring_register_files(&ring_, files, 2) != 0 ||
        io_uring_register_buffers(&ring_, vectors_.data(), inFlight) != 0) {
      throw Error(ErrorKind::Failed, "io_uring", std::strerror(errno));
    }
  }
  ~Copy() { io_uring_queue_exit(&ring_); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  void run() {
    for (unsigned i = 0; i < slots_.size(); ++i) begin(i);
    while (busy_ != 0) {
      io_uring_submit_and_wait(&ring_, 1);
      io_uring_cqe* done = nullptr;
      while (io_uring_peek_cqe(&ring_, &done) == 0) {
        const auto index = static_cast<unsigned>(io_uring_cqe_get_data64(done));
        Slot& slot = slots_[index];
        if (done->res < 0 || static_cast<std::uint64_t>(done->res) != slot.piece.length) {
          throw Error(ErrorKind::Failed, "io_uring", std::strerror(-done->res));
        }
        io_uring_cqe_seen(&ring_, done);
        --busy_;
        if (slot.isWriting) {
          begin(index);
        } else {
          slot.isWriting = true;
          ask(index);
        }
      }
    }
  }

 private:
  void begin(unsigned index) {
    if (next_ == pieces_.size()) return;
    slots_[index] = {pieces_[next_++], false};
    ask(index);
  }

  void ask(unsigned index) {
    const Slot& slot = slots_[index];
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    const auto length = static_cast<unsigned>(slot.piece.length);
    if (slot.isWriting) {
      io_uring_prep_write_fixed(entry, 1, buffers_[index].data(), length, slot.piece.offset,
                                static_cast<int>(index));
    } else {
      io_uring_prep_read_fixed(entry, 0, buffers_[index].data(), length, slot.piece.offset,
                               static_cast<int>(index));
    }
    io_uring_sqe_set_flags(entry, IOSQE_FIXED_FILE);
    io_uring_sqe_set_data64(entry, index);
    ++busy_;
  }

  const std::vector<Extent>& pieces_;
  std::vector<Slot> slots_;
  std::vector<AlignedBuffer> buffers_;
  std::vector<iovec> vectors_;
  io_uring ring_{};
  std::size_t next_ = 0;
  unsigned busy_ = 0;
};

}  // namespace

int main(int count, char** words) try {
  if (count < 3) {
    std::fputs("uring_copy SOURCE TARGET [IN-FLIGHT [KIB]]\n", stderr);
    return 2;
  }
  const unsigned inFlight = count > 3 ? static_cast<unsigned>(std::atoi(words[3])) : 8;
  const std::uint64_t most = (count > 4 ? std::strtoull(words[4], nullptr, 10) : 1024) * KiB;
  const std::vector<Extent> pieces = bench::usedPieces(words[1], most);
  const int from = bench::openDirect(words[1], O_RDONLY);
  const int to = bench::openDirect(words[2], O_RDWR);
  Copy(from, to, pieces, inFlight, most).run();
  return ::fsync(to) == 0 ? 0 : 1;
} catch (const Error& error) {
  fmt::print(stderr, "uring_copy: {}\n", error.what());
  return 1;
}
