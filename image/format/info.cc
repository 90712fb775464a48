#include "image/format/info.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "platform/error.h"
#include "platform/printable.h"

namespace disktwin::image {
namespace {

using nlohmann::json;

constexpr std::size_t kLargest = 16U << 20;
constexpr std::size_t kMostVolumes = 65536;

json toJson(const plan::Endpoint& source) {
  return {{"path", source.path},     {"kind", plan::kindName(source.kind)},
          {"by_id", source.byId},    {"model", source.model},
          {"serial", source.serial}, {"wwn", source.wwn},
          {"bus", source.bus}};
}

plan::Endpoint endpointFrom(const json& from) {
  plan::Endpoint out;
  out.path = from.at("path").get<std::string>();
  out.kind = plan::endpointKind(from.at("kind").get<std::string>());
  out.byId = from.value("by_id", "");
  out.model = from.value("model", "");
  out.serial = from.value("serial", "");
  out.wwn = from.value("wwn", "");
  out.bus = from.value("bus", "");
  return out;
}

// Volumes in volumes: more than anybody has.
constexpr int kDeepest = 8;

json toJson(const fs::VolumeInfo& info) {
  json out{{"type", info.type},
           {"label", info.label},
           {"uuid", info.uuid},
           {"block_size", info.blockSize},
           {"size", info.size},
           {"used", info.used},
           {"state", fs::stateName(info.state)},
           {"notes", info.notes},
           {"warnings", info.warnings}};
  for (const fs::InnerVolume& inner : info.inner) {
    out["volumes"].push_back({{"name", inner.name},
                              {"kind", inner.kind},
                              {"size", inner.size},
                              {"whole_because", inner.whyWhole},
                              {"filesystem", toJson(inner.content)}});
  }
  return out;
}

fs::VolumeInfo filesystemFrom(const json& from, int depth = 0) {
  if (depth > kDeepest) throw std::out_of_range("volumes too deep in volumes");
  fs::VolumeInfo out;
  out.type = printable(from.at("type").get<std::string>());
  out.label = printable(from.at("label").get<std::string>());
  out.uuid = printable(from.at("uuid").get<std::string>());
  out.blockSize = from.at("block_size").get<std::uint32_t>();
  out.size = from.at("size").get<std::uint64_t>();
  out.used = from.at("used").get<std::uint64_t>();
  out.state = fs::volumeState(from.at("state").get<std::string>());
  for (const std::string& note : from.value("notes", std::vector<std::string>{})) {
    out.notes.push_back(printable(note));
  }
  for (const std::string& text : from.value("warnings", std::vector<std::string>{})) {
    out.warnings.push_back(printable(text));
  }
  for (const json& inner : from.value("volumes", json::array())) {
    out.inner.push_back({printable(inner.at("name").get<std::string>()),
                         printable(inner.at("kind").get<std::string>()),
                         inner.at("size").get<std::uint64_t>(),
                         filesystemFrom(inner.at("filesystem"), depth + 1),
                         printable(inner.value("whole_because", ""))});
  }
  return out;
}

json toJson(const VolumeRecord& volume) {
  json out{{"partition", volume.partition},
           {"offset", volume.bytes.offset},
           {"length", volume.bytes.length},
           {"type", volume.type},
           {"label", volume.label},
           {"uuid", volume.uuid},
           {"ambiguous", volume.ambiguous},
           {"opaque", volume.opaque},
           {"role", plan::roleName(volume.role)},
           {"role_because", volume.roleWhy}};
  if (!volume.wholeBecause.empty()) out["whole_because"] = volume.wholeBecause;
  if (volume.filesystem) out["filesystem"] = toJson(*volume.filesystem);
  return out;
}

VolumeRecord volumeFrom(const json& from, std::uint64_t diskSize) {
  VolumeRecord out;
  out.partition = from.at("partition").get<std::uint32_t>();
  const auto offset = from.at("offset").get<std::uint64_t>();
  const auto length = from.at("length").get<std::uint64_t>();
  if (!extentFits(offset, length, diskSize)) throw std::out_of_range("a volume beyond the disk");
  out.bytes = {offset, length};
  // Everything that is shown: an image may come from anybody.
  out.type = printable(from.at("type").get<std::string>());
  out.label = printable(from.at("label").get<std::string>());
  out.uuid = printable(from.at("uuid").get<std::string>());
  out.wholeBecause = printable(from.value("whole_because", ""));
  out.ambiguous = from.value("ambiguous", false);
  out.opaque = from.value("opaque", false);
  out.role = plan::roleNamed(from.at("role").get<std::string>());
  out.roleWhy = printable(from.value("role_because", ""));
  if (from.contains("filesystem")) out.filesystem = filesystemFrom(from.at("filesystem"));
  return out;
}

json toJson(const Info& info) {
  json out{{"program", info.program},
           {"created", info.created},
           {"comment", info.comment},
           {"level", info.level},
           {"disk", {{"size", info.diskSize}, {"sector_size", info.sectorSize}}},
           {"source", toJson(info.source)},
           {"request",
            {{"all_sectors", info.allSectors},
             {"partitions", info.partitions},
             {"exclude_page_files", info.excludedPageFiles},
             {"split_bytes", info.splitAt}}},
           {"table", table::kindName(info.table)},
           {"captured_bytes", info.capturedBytes},
           {"volumes", json::array()}};
  if (info.parent) {
    out["parent"] = {{"id", toString(info.parent->id)},
                     {"name", info.parent->name},
                     {"path", info.parent->path}};
  }
  for (const VolumeRecord& volume : info.volumes) out["volumes"].push_back(toJson(volume));
  return out;
}

ImageId idFrom(const std::string& text) {
  ImageId id{};
  if (text.size() != 2 * id.size() || text.find_first_not_of("0123456789abcdef") != text.npos) {
    throw std::out_of_range("an image id");
  }
  for (std::size_t i = 0; i < id.size(); ++i) {
    id[i] = static_cast<std::uint8_t>(std::stoul(text.substr(2 * i, 2), nullptr, 16));
  }
  return id;
}

table::TableKind tableFrom(const std::string& name) {
  for (const auto kind : {table::TableKind::Gpt, table::TableKind::Mbr}) {
    if (name == table::kindName(kind)) return kind;
  }
  return table::TableKind::None;
}

Info infoFrom(const json& from) {
  Info out;
  out.program = from.at("program").get<std::string>();
  out.created = from.at("created").get<std::string>();
  out.comment = from.value("comment", "");
  out.level = from.at("level").get<int>();
  out.diskSize = from.at("disk").at("size").get<std::uint64_t>();
  out.sectorSize = from.at("disk").at("sector_size").get<std::uint32_t>();
  out.source = endpointFrom(from.at("source"));
  const json& request = from.at("request");
  out.allSectors = request.at("all_sectors").get<bool>();
  out.partitions = request.at("partitions").get<std::vector<std::uint32_t>>();
  out.excludedPageFiles = request.at("exclude_page_files").get<bool>();
  out.splitAt = request.value("split_bytes", std::uint64_t{0});
  out.table = tableFrom(from.at("table").get<std::string>());
  out.capturedBytes = from.at("captured_bytes").get<std::uint64_t>();
  if (from.contains("parent")) {
    const json& parent = from.at("parent");
    out.parent =
        ParentName{idFrom(parent.at("id").get<std::string>()), parent.at("name").get<std::string>(),
                   parent.at("path").get<std::string>()};
  }
  const json& volumes = from.at("volumes");
  if (!volumes.is_array() || volumes.size() > kMostVolumes) throw std::out_of_range("volumes");
  for (const json& volume : volumes) out.volumes.push_back(volumeFrom(volume, out.diskSize));
  return out;
}

}  // namespace

Bytes encodeInfo(const Info& info) {
  const std::string text = toJson(info).dump(1, ' ', false, json::error_handler_t::replace);
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  return {bytes.begin(), bytes.end()};
}

Info decodeInfo(ByteView body, const std::string& subject) {
  const auto* text = reinterpret_cast<const char*>(body.data());
  try {
    if (body.size() > kLargest) throw std::out_of_range("more than 16 MiB");
    Info info = infoFrom(json::parse(text, text + body.size()));
    const std::uint32_t sector = info.sectorSize;
    if (info.diskSize == 0 ||
        (sector != 0 && (sector < 512 || sector > 65536 || (sector & (sector - 1)) != 0))) {
      throw std::out_of_range("the disk");
    }
    return info;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw Error(ErrorKind::Invalid, subject, fmt::format("INFO: {}", error.what()));
  }
}

}  // namespace disktwin::image
