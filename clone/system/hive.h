// Values in a registry hive of Windows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace disktwin::system {

// Reads only the cells on the way to a key, so that a hive of hundreds of megabytes takes a few
// reads. What its log files would change is not seen. Not thread-safe. Throws Error(Invalid) when
// the hive contradicts itself, and what `read` throws. The work is bounded whatever it holds.
class Hive {
 public:
  // Fills the span with the bytes from that offset on; less only at the end of the file.
  using Read = std::function<std::size_t(std::uint64_t offset, std::span<std::byte> out)>;

  Hive(Read read, std::uint64_t size);

  // A key by its path, "Microsoft\\Windows NT\\CurrentVersion"; case of ASCII letters is ignored.
  // Nullopt when there is none. What it returns is for the other members.
  using Key = std::uint32_t;
  std::optional<Key> find(std::string_view path);
  // A value of that name and type (REG_SZ or REG_EXPAND_SZ as UTF-8, REG_DWORD).
  std::optional<std::string> text(Key key, std::string_view name);
  std::optional<std::uint32_t> number(Key key, std::string_view name);

 private:
  struct Value {
    std::uint32_t type = 0;
    std::vector<std::byte> data;
  };
  void readAt(std::uint64_t offset, std::span<std::byte> out);
  std::vector<std::byte> cell(std::uint32_t at, std::size_t most);
  std::optional<Key> child(Key key, std::string_view name);
  std::optional<Key> childIn(std::uint32_t list, std::string_view name, int depth);
  std::optional<Value> value(Key key, std::string_view name);

  Read read_;
  std::uint64_t size_;
  std::uint64_t budget_;  // bytes that may still be read
  std::uint64_t work_;    // bytes that may still be looked at
  std::uint32_t root_ = 0;
  std::unordered_map<std::uint64_t, std::vector<std::byte>> pages_;
};

}  // namespace disktwin::system
