#include "platform/linux/kept_descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

#include "platform/linux/text_file.h"

namespace disktwin {
namespace {

constexpr int kHigh = 16;  // out of the way of all that are given out below
constexpr std::size_t kMost = 4;

}  // namespace

void keepOnly(std::span<const int> kept) {
  std::array<int, kMost> high{};
  if (kept.size() > kMost) ::_exit(1);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    high[i] = ::fcntl(kept[i], F_DUPFD, kHigh);
    if (high[i] < 0) ::_exit(1);
  }
  const int null = ::fcntl(::open("/dev/null", O_RDWR), F_DUPFD, kHigh);
  if (null < 0) ::_exit(1);
  for (const int standard : {0, 1, 2}) ::dup2(null, standard);
  int next = kFirstKept;
  for (std::size_t i = 0; i < kept.size(); ++i) ::dup2(high[i], next++);
  if (::close_range(static_cast<unsigned>(next), ~0U, 0) == 0) return;
  for (const std::string& name : listFolder("/proc/self/fd")) {
    const int open = std::atoi(name.c_str());
    if (open >= next) ::close(open);
  }
}

}  // namespace disktwin
