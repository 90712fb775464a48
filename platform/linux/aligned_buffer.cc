#include "platform/aligned_buffer.h"

#include <sys/mman.h>

namespace disktwin {

AlignedBuffer AlignedBuffer::forReuse(std::size_t size) {
  constexpr std::size_t kLargePage = 2U << 20;  // on most processors; elsewhere it does no harm
  AlignedBuffer out(size, kLargePage);
  ::madvise(out.data(), (size + kLargePage - 1) / kLargePage * kLargePage, MADV_HUGEPAGE);
  return out;
}

}  // namespace disktwin
