// Which system calls a confined process may make.
#pragma once

namespace disktwin {

// From now on every call that computing and speaking over open sockets does not need fails with
// EPERM; `readFiles` adds those that look into folders and files.
void filterCalls(bool readFiles);

// Whether this program is built with a sanitizer, which makes calls of its own.
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
