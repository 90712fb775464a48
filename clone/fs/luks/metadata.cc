#include "clone/fs/luks/metadata.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "platform/printable.h"

namespace disktwin::fs::luks {
namespace {

using nlohmann::json;

struct Malformed {};

// Anything that LUKS can write (32 key slots, tokens, segments) has some thousand values. More
// would only cost memory.
bool isModest(const std::string& text) {
  constexpr auto kMost = 50'000;
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return c == ',' || c == '[' || c == '{'; }) <= kMost;
}

const json& member(const json& in, const char* name) {
  const auto found = in.is_object() ? in.find(name) : in.end();
  if (found == in.end()) throw Malformed{};
  return *found;
}

// Numbers of 64 bits are written as strings (section 3.1).
std::uint64_t number(const json& value) {
  if (!value.is_string()) throw Malformed{};
  const auto& text = value.get_ref<const std::string&>();
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) throw Malformed{};
  return out;
}

Segment readSegment(const json& from) {
  Segment out;
  const json& type = member(from, "type");
  if (!type.is_string()) throw Malformed{};
  out.type = printable(type.get_ref<const std::string&>());
  out.offset = number(member(from, "offset"));
  const json& size = member(from, "size");
  if (size != "dynamic") out.length = number(size);
  out.hasIntegrity = from.contains("integrity");
  if (out.type == "crypt") {
    const json& sector = member(from, "sector_size");
    if (sector != 512 && sector != 1024 && sector != 2048 && sector != 4096) throw Malformed{};
    out.sectorSize = sector.get<std::uint32_t>();
  }
  return out;
}

void readRequirements(const json& config, Header& out) {
  const auto found = config.find("requirements");
  if (found == config.end()) return;
  for (const json& one : member(*found, "mandatory")) {
    if (!one.is_string()) throw Malformed{};
    out.requirements.push_back(printable(one.get_ref<const std::string&>()));
  }
}

}  // namespace

std::string readMetadata(const std::string& text, std::uint64_t headerSize, Header& out) {
  if (!isModest(text)) return "its metadata is larger than LUKS makes it";
  const json root = json::parse(text, nullptr, /*allow_exceptions=*/false);
  try {
    const json& segments = member(root, "segments");
    if (!segments.is_object()) throw Malformed{};
    for (const json& segment : segments) out.segments.push_back(readSegment(segment));
    const json& config = member(root, "config");
    const std::uint64_t slots = number(member(config, "keyslots_size"));
    // LUKS2_MAX_KEYSLOTS_SIZE of lib/luks2/luks2.h.
    if (slots > 128 * MiB) throw Malformed{};
    out.areaEnd = 2 * headerSize + slots;
    readRequirements(config, out);
  } catch (const Malformed&) {
    return "its metadata makes no sense";
  }
  return {};
}

}  // namespace disktwin::fs::luks
