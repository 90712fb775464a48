// The limit that a clone is measured against: reads, writes or copies the used bytes of a disk with
// O_DIRECT on several threads, and does nothing else. No hash, no order, no table.
//
//   bare_copy read|write|copy SOURCE TARGET [THREADS [KIB]]
//   bare_copy pack SOURCE FILE         the used bytes alone, one after the other, for compressors
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "bench/used_pieces.h"
#include "platform/aligned_buffer.h"
#include "platform/error.h"

using namespace disktwin;

namespace {

void check(ssize_t done, const Extent& piece, const char* what) {
  if (done < 0 || static_cast<std::uint64_t>(done) != piece.length) {
    fmt::print(stderr, "bare_copy: {} error at {}: {}\n", what, piece.offset, std::strerror(errno));
    std::_Exit(1);
  }
}

void pack(const std::vector<Extent>& pieces, const char* source, const char* target) {
  const int from = bench::openDirect(source, O_RDONLY);
  const int to = ::open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  for (const Extent& piece : pieces) {
    const AlignedBuffer buffer(piece.length);
    check(::pread(from, buffer.data(), piece.length, static_cast<off_t>(piece.offset)), piece,
          "read");
    check(::write(to, buffer.data(), piece.length), piece, "write");
  }
}

}  // namespace

int main(int count, char** words) try {
  if (count < 4) {
    std::fputs("bare_copy read|write|copy|pack SOURCE TARGET [THREADS [KIB]]\n", stderr);
    return 2;
  }
  const std::string mode = words[1];
  const unsigned threads = count > 4 ? static_cast<unsigned>(std::atoi(words[4])) : 4;
  const std::uint64_t most = (count > 5 ? std::strtoull(words[5], nullptr, 10) : 1024) * KiB;
  const std::vector<Extent> pieces = bench::usedPieces(words[2], most);
  std::uint64_t bytes = 0;
  for (const Extent& piece : pieces) bytes += piece.length;
  if (mode == "pack") {
    pack(pieces, words[2], words[3]);
  } else {
    const int from = bench::openDirect(words[2], O_RDONLY);
    const int to = bench::openDirect(words[3], mode == "read" ? O_RDONLY : O_RDWR);
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        const AlignedBuffer buffer(most);
        std::memset(buffer.data(), 0x5A, most);
        for (std::size_t at = next++; at < pieces.size(); at = next++) {
          const Extent& piece = pieces[at];
          const auto offset = static_cast<off_t>(piece.offset);
          if (mode != "write") {
            check(::pread(from, buffer.data(), piece.length, offset), piece, "read");
          }
          if (mode != "read") {
            check(::pwrite(to, buffer.data(), piece.length, offset), piece, "write");
          }
        }
      });
    }
    workers.clear();
    if (mode != "read" && ::fsync(to) != 0) check(-1, {}, "flush");
  }
  fmt::print("{} {}\n", bytes, pieces.size());
  return 0;
} catch (const Error& error) {
  fmt::print(stderr, "bare_copy: {}\n", error.what());
  return 1;
}
