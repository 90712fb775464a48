#include "clone/fs/swap/header.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "clone/fs/foreign_mark.h"
#include "clone/io/endian.h"

namespace disktwin::fs::swap {
namespace {

// union swap_header, `info`, from offset 1024 on; the numbers are in the byte order of the machine.
template <typename Number>
struct Fields {
  Number version;
  Number lastPage;
  Number badPages;
  std::array<std::uint8_t, 16> uuid;
  std::array<char, 16> label;
};
static_assert(sizeof(Fields<le32>) == 44);

constexpr std::size_t kFieldsAt = 1024;
constexpr std::size_t kBadPagesAt = 1536;  // a list of 32-bit page numbers
constexpr std::size_t kSignature = 10;
// What kernels and resume programs keep before the signature (struct swsusp_header), and do not
// clean up after a resume.
constexpr std::size_t kResumeData = 64;
constexpr std::uint64_t kSlack = MiB;  // partitions need not be multiples of a page

constexpr std::array<std::uint32_t, 5> kPageSizes = {4096, 8192, 16384, 32768, 65536};

bool isSuspended(std::string_view signature) {
  return signature.starts_with("S1SUSPEND") || signature.starts_with("S2SUSPEND") ||
         signature.starts_with("ULSUSPEND") || signature == "LINHIB0001";
}

bool isPlain(std::string_view signature) {
  return signature == "SWAPSPACE2" || signature == "SWAP-SPACE";
}

// TuxOnIce marks the first bytes, and leaves the signature of the swap area where it is.
bool bearsTuxOnIce(std::span<const std::byte> start) {
  constexpr std::array<std::uint8_t, 8> kMark = {0xED, 0xC3, 0x02, 0xE9, 0x98, 0x56, 0xE5, 0x0C};
  return start.size() >= kMark.size() &&
         std::ranges::equal(start.first(kMark.size()), std::as_bytes(std::span(kMark)));
}

bool isZero(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

// The bytes up to the first zero; what is not UTF-8 becomes a question mark.
std::string toText(std::string_view raw) {
  raw = raw.substr(0, raw.find('\0'));
  std::string out;
  for (std::size_t i = 0; i < raw.size();) {
    const auto lead = static_cast<unsigned char>(raw[i]);
    const std::size_t length = lead < 0x80                    ? 1
                               : lead >= 0xC2 && lead <= 0xDF ? 2
                               : lead >= 0xE0 && lead <= 0xEF ? 3
                               : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                              : 0;
    const std::string_view rest = raw.substr(i + 1, length == 0 ? 0 : length - 1);
    const bool valid = length != 0 && lead >= 0x20 && rest.size() == length - 1 &&
                       std::ranges::all_of(rest, [](char c) {
                         return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
                       });
    if (valid) {
      out += raw.substr(i, length);
      i += length;
    } else {
      out += '?';
      ++i;
    }
  }
  return out;
}

// mkswap writes the whole page, zeroes where nothing is said: anything else in it was put there by
// something that came later and may be of more worth than swap.
std::string checkPage(std::span<const std::byte> page, std::uint64_t badPages) {
  if (!isZero(page.first(kFieldsAt))) return "its first KiB, empty in a swap area, is in use";
  const std::size_t end = page.size() - kResumeData;
  if (badPages > (end - kBadPagesAt) / 4) {
    return fmt::format("its swap header lists {} bad pages, at most {} have room", badPages,
                       (end - kBadPagesAt) / 4);
  }
  const std::size_t rest = kBadPagesAt + static_cast<std::size_t>(badPages) * 4;
  const std::size_t padding = kFieldsAt + sizeof(Fields<le32>);
  if (!isZero(page.subspan(padding, kBadPagesAt - padding)) ||
      !isZero(page.subspan(rest, end - rest))) {
    return "its swap header has unknown content where mkswap leaves zeroes";
  }
  return {};
}

template <typename Number>
std::string readFields(std::span<const std::byte> page, const BlockReader& volume, Header& out) {
  const auto fields = structAt<Fields<Number>>(page, kFieldsAt);
  out.label = toText({fields.label.data(), fields.label.size()});
  out.uuid = fields.uuid;
  out.size = (std::uint64_t{fields.lastPage} + 1) * out.pageBytes;
  if (fields.lastPage == 0) return "its swap header says that it has no pages";
  if (out.size > volume.size() || volume.size() - out.size > kSlack) {
    return fmt::format("its swap header speaks of {} bytes, the volume has {}", out.size,
                       volume.size());
  }
  return checkPage(page, fields.badPages);
}

std::string readVersionOne(std::span<const std::byte> page, const BlockReader& volume,
                           Header& out) {
  if (structAt<le32>(page, kFieldsAt) == 1) return readFields<le32>(page, volume, out);
  if (structAt<be32>(page, kFieldsAt) == 1) return readFields<be32>(page, volume, out);
  return fmt::format("its swap header has version {}, only 1 is known",
                     structAt<le32>(page, kFieldsAt).value());
}

}  // namespace

std::optional<Header> readHeader(const BlockReader& volume) {
  const std::uint64_t most = std::min<std::uint64_t>(kPageSizes.back(), volume.size());
  const auto start = readBytes(volume, 0, static_cast<std::size_t>(most));
  Header out;
  std::string problem;
  for (const std::uint32_t size : kPageSizes) {
    if (size > start.size()) break;
    const auto page = std::span(start).first(size);
    const auto raw = structAt<std::array<char, kSignature>>(page, size - kSignature);
    const std::string_view signature(raw.data(), raw.size());
    if (!isPlain(signature) && !isSuspended(signature)) continue;
    out.holdsSystem = out.holdsSystem || isSuspended(signature);
    if (out.pageBytes != 0) {
      problem =
          fmt::format("it has swap headers for pages of {} and of {} bytes", out.pageBytes, size);
      continue;
    }
    out.pageBytes = size;
    if (signature == "SWAP-SPACE") {
      out.size = volume.size();
      problem = "it is a swap area of the old kind, without a header that could be checked";
    } else {
      problem = readVersionOne(page, volume, out);
    }
  }
  if (bearsTuxOnIce(start)) {
    out.holdsSystem = true;
    if (out.pageBytes == 0) {
      out.pageBytes = kPageSizes.front();
      out.size = volume.size();
    }
  }
  if (out.pageBytes == 0) return std::nullopt;
  if (problem.empty() && !out.holdsSystem) {
    // Hardly anything of a swap area is copied: mistaking another volume for one would lose it all.
    const std::string other = foreignMark(volume, "swap");
    if (!other.empty()) problem = "it bears a swap header, but also the signature of " + other;
  }
  out.problem = out.holdsSystem ? "it holds a hibernated system" : problem;
  return out;
}

}  // namespace disktwin::fs::swap
