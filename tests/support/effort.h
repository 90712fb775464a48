// How much of an exhaustive loop is done: all of it, or under sanitizers, where everything takes ten
// times as long, every so many steps (a prime, so that no field of a structure is always missed).
#pragma once

#include <cstddef>

namespace disktwin::test {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr std::size_t kStride = 7;
#else
inline constexpr std::size_t kStride = 1;
#endif

}  // namespace disktwin::test
