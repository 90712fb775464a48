#include "platform/aligned_buffer.h"

#include <malloc.h>
#include <sys/mman.h>

namespace disktwin {

void* allocateForReuse(std::size_t size) {
  constexpr std::size_t kLargePage = 2U << 20;  // on most processors; elsewhere it does no harm
  const std::size_t whole = (size + kLargePage - 1) / kLargePage * kLargePage;
  void* const out = std::aligned_alloc(kLargePage, whole);
  if (out) ::madvise(out, whole, MADV_HUGEPAGE);
  return out;
}

void shareFreedMemory() {
#ifdef M_ARENA_MAX
  ::mallopt(M_ARENA_MAX, 1);
#endif
}

}  // namespace disktwin
