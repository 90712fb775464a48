#include "clone/files/packing.h"

#include "clone/io/block_reader.h"
#include "clone/io/endian.h"
#include "platform/error.h"

namespace disktwin::files {

Packer& Packer::number(std::uint64_t value) {
  const le64 stored = value;
  return bytes(std::as_bytes(std::span(&stored, 1)));
}

Packer& Packer::text(std::string_view value) {
  number(value.size());
  return bytes(std::as_bytes(std::span(value.data(), value.size())));
}

Packer& Packer::bytes(std::span<const std::byte> value) {
  out_.insert(out_.end(), value.begin(), value.end());
  return *this;
}

std::span<const std::byte> Unpacker::take(std::size_t length) {
  if (length > in_.size()) {
    throw Error(ErrorKind::Invalid, "helper process", "a message is shorter than it says");
  }
  const auto out = in_.first(length);
  in_ = in_.subspan(length);
  return out;
}

std::uint64_t Unpacker::number() {
  return structAt<le64>(take(sizeof(le64)), 0);
}

std::string Unpacker::text() {
  const std::uint64_t length = number();
  if (length > in_.size()) {
    throw Error(ErrorKind::Invalid, "helper process", "a text is longer than its message");
  }
  const auto bytes = take(static_cast<std::size_t>(length));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace disktwin::files
