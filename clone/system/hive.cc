#include "clone/system/hive.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "clone/fs/ntfs/utf8.h"
#include "clone/io/block_reader.h"
#include "clone/io/endian.h"
#include "platform/error.h"

namespace disktwin::system {
namespace {

// The format as documented by the project libregf ("Windows NT Registry File (REGF) format").
constexpr std::uint64_t kBinsAt = 4096;  // cells are named by their distance from here
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kMostBytes = 64 * MiB;  // read for one hive
constexpr std::uint64_t kMostWork = 256 * MiB;  // cells may be named again and again
constexpr std::size_t kLargestKey = 1024;
constexpr std::size_t kLargestList = 1024 * 1024;
constexpr std::size_t kLargestText = 4096;
constexpr std::uint32_t kMostValues = 4096;
constexpr std::uint64_t kCellWork = 64;
constexpr int kDeepestList = 2;  // "ri", and below it "lf", "lh" or "li"
constexpr std::uint32_t kInline = 0x8000'0000;
constexpr std::uint32_t kNothing = 0xFFFF'FFFF;
constexpr std::uint32_t kText = 1;
constexpr std::uint32_t kExpandedText = 2;
constexpr std::uint32_t kNumber = 4;

struct Base {
  std::array<char, 4> magic;  // "regf"
  std::array<std::byte, 32> times;
  le32 root;
};
static_assert(sizeof(Base) == 40);

struct KeyCell {
  std::array<char, 2> magic;  // "nk"
  le16 flags;
  std::array<std::byte, 16> unused1;
  le32 subkeys;
  le32 volatileSubkeys;
  le32 subkeyList;
  le32 volatileList;
  le32 values;
  le32 valueList;
  std::array<std::byte, 28> unused2;
  le16 nameLength;
  le16 classLength;
};
static_assert(sizeof(KeyCell) == 76);

struct ValueCell {
  std::array<char, 2> magic;  // "vk"
  le16 nameLength;
  le32 dataLength;
  le32 data;
  le32 type;
  le16 flags;
  le16 unused;
};
static_assert(sizeof(ValueCell) == 20);

struct ListHead {
  std::array<char, 2> magic;
  le16 count;
};

constexpr std::uint16_t kKeyNameIsLatin = 0x0020;
constexpr std::uint16_t kValueNameIsLatin = 0x0001;

[[noreturn]] void damaged(const char* what) {
  throw Error(ErrorKind::Invalid, "registry hive", what);
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// Latin-1 or UTF-16 against ASCII.
bool isNamed(std::span<const std::byte> bytes, bool latin, std::string_view name) {
  const std::size_t unit = latin ? 1 : 2;
  if (bytes.size() != name.size() * unit) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!latin && bytes[2 * i + 1] != std::byte{0}) return false;
    if (upper(static_cast<char>(bytes[i * unit])) != upper(name[i])) return false;
  }
  return true;
}

std::uint32_t hashOf(std::string_view name) {
  std::uint32_t out = 0;
  for (const char c : name) out = out * 37 + static_cast<unsigned char>(upper(c));
  return out;
}

std::string utf8Of(std::span<const std::byte> bytes) {
  std::u16string wide;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    wide += static_cast<char16_t>(structAt<le16>(bytes, i).value());
  }
  return fs::ntfs::utf8From(wide);
}

}  // namespace

Hive::Hive(Read read, std::uint64_t size)
    : read_(std::move(read)), size_(size), budget_(kMostBytes), work_(kMostWork) {
  Base base{};
  readAt(0, std::as_writable_bytes(std::span(&base, 1)));
  if (std::string_view(base.magic.data(), 4) != "regf") damaged("does not begin with \"regf\"");
  root_ = base.root;
}

void Hive::readAt(std::uint64_t offset, std::span<std::byte> out) {
  if (!extentFits(offset, out.size(), size_)) damaged("a cell lies beyond its end");
  while (!out.empty()) {
    const std::uint64_t page = roundDown(offset, kPage);
    auto found = pages_.find(page);
    if (found == pages_.end()) {
      if (budget_ < kPage) damaged("takes too many reads");
      budget_ -= kPage;
      std::vector<std::byte> bytes(kPage);
      bytes.resize(read_(page, bytes));
      found = pages_.emplace(page, std::move(bytes)).first;
    }
    const auto inside = static_cast<std::size_t>(offset - page);
    if (inside >= found->second.size()) damaged("is shorter than its size");
    const std::size_t length = std::min(out.size(), found->second.size() - inside);
    std::copy_n(found->second.begin() + static_cast<std::ptrdiff_t>(inside), length, out.begin());
    out = out.subspan(length);
    offset += length;
  }
}

// Its content, at most the first `most` bytes.
std::vector<std::byte> Hive::cell(std::uint32_t at, std::size_t most) {
  le32 stored;
  readAt(kBinsAt + at, std::as_writable_bytes(std::span(&stored, 1)));
  const auto length = static_cast<std::int32_t>(stored.value());
  // Negative: in use.
  if (length >= 0 || length == std::numeric_limits<std::int32_t>::min()) {
    damaged("a cell is named that is not in use");
  }
  const auto bytes = static_cast<std::size_t>(-length);
  if (bytes < sizeof stored) damaged("a cell is too short");
  std::vector<std::byte> out(std::min(bytes - sizeof stored, most));
  if (work_ < out.size() + kCellWork) damaged("takes too much work");
  work_ -= out.size() + kCellWork;
  readAt(kBinsAt + at + sizeof stored, out);
  return out;
}

std::optional<Hive::Key> Hive::child(Key key, std::string_view name) {
  const auto bytes = cell(key, kLargestKey);
  if (bytes.size() < sizeof(KeyCell)) damaged("a key is too short");
  const auto head = structAt<KeyCell>(bytes, 0);
  if (std::string_view(head.magic.data(), 2) != "nk") damaged("a key does not begin with \"nk\"");
  if (head.subkeys == 0 || head.subkeyList == kNothing) return std::nullopt;
  return childIn(head.subkeyList, name, 0);
}

std::optional<Hive::Key> Hive::childIn(std::uint32_t list, std::string_view name, int depth) {
  if (depth == kDeepestList) damaged("lists of keys lie too deep in lists");
  const auto bytes = cell(list, kLargestList);
  if (bytes.size() < sizeof(ListHead)) damaged("a list of keys is too short");
  const auto head = structAt<ListHead>(bytes, 0);
  const std::string_view magic(head.magic.data(), 2);
  const bool hashed = magic == "lf" || magic == "lh";
  if (!hashed && magic != "li" && magic != "ri") damaged("a list of keys is of an unknown kind");
  const std::size_t each = hashed ? 8 : 4;
  if (!extentFits(sizeof head, head.count * each, bytes.size())) {
    damaged("a list of keys is shorter than it says");
  }
  for (std::size_t i = 0; i < head.count; ++i) {
    const std::size_t at = sizeof head + i * each;
    const std::uint32_t there = structAt<le32>(bytes, at);
    if (magic == "ri") {
      if (const auto found = childIn(there, name, depth + 1)) return found;
      continue;
    }
    if (magic == "lh" && structAt<le32>(bytes, at + 4) != hashOf(name)) continue;
    const auto key = cell(there, kLargestKey);
    if (key.size() < sizeof(KeyCell)) damaged("a key is too short");
    const auto found = structAt<KeyCell>(key, 0);
    if (!extentFits(sizeof found, found.nameLength, key.size())) continue;
    if (isNamed(std::span(key).subspan(sizeof found, found.nameLength),
                (found.flags & kKeyNameIsLatin) != 0, name)) {
      return there;
    }
  }
  return std::nullopt;
}

std::optional<Hive::Key> Hive::find(std::string_view path) {
  std::optional<Key> here = root_;
  while (here && !path.empty()) {
    const std::size_t end = std::min(path.find('\\'), path.size());
    here = child(*here, path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return here;
}

std::optional<Hive::Value> Hive::value(Key key, std::string_view name) {
  const auto bytes = cell(key, kLargestKey);
  if (bytes.size() < sizeof(KeyCell)) damaged("a key is too short");
  const auto head = structAt<KeyCell>(bytes, 0);
  if (head.values == 0 || head.valueList == kNothing) return std::nullopt;
  const std::size_t count = std::min<std::uint32_t>(head.values, kMostValues);
  const auto list = cell(head.valueList, count * sizeof(le32));
  for (std::size_t i = 0; i < list.size() / sizeof(le32); ++i) {
    const auto own = cell(structAt<le32>(list, i * sizeof(le32)), kLargestKey);
    if (own.size() < sizeof(ValueCell)) damaged("a value is too short");
    const auto found = structAt<ValueCell>(own, 0);
    if (!extentFits(sizeof found, found.nameLength, own.size()) ||
        !isNamed(std::span(own).subspan(sizeof found, found.nameLength),
                 (found.flags & kValueNameIsLatin) != 0, name)) {
      continue;
    }
    Value out{found.type, {}};
    const std::uint32_t length = found.dataLength & ~kInline;
    if ((found.dataLength & kInline) != 0) {
      const le32 data = found.data;
      const auto stored = std::as_bytes(std::span(&data, 1));
      out.data.assign(stored.begin(), stored.begin() + std::min<std::uint32_t>(length, 4));
    } else {
      out.data = cell(found.data, std::min<std::size_t>(length, kLargestText));
    }
    return out;
  }
  return std::nullopt;
}

std::optional<std::string> Hive::text(Key key, std::string_view name) {
  const auto found = value(key, name);
  if (!found || (found->type != kText && found->type != kExpandedText)) return std::nullopt;
  return utf8Of(found->data);
}

std::optional<std::uint32_t> Hive::number(Key key, std::string_view name) {
  const auto found = value(key, name);
  if (!found || found->type != kNumber || found->data.size() < 4) return std::nullopt;
  return structAt<le32>(found->data, 0).value();
}

}  // namespace disktwin::system
