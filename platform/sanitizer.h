#pragma once

namespace disktwin {

// Whether this program is built with a sanitizer, which makes system calls of its own, has a memory
// of terabytes, and an allocator that does not mind fork().
constexpr bool isSanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return true;
#else
  return false;
#endif
#else
  return false;
#endif
}

}  // namespace disktwin
