#include "clone/system/places.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "platform/printable.h"

namespace disktwin::system {
namespace {

constexpr int kDeepest = 4;
constexpr std::size_t kMostInside = 256;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

void addInside(const fs::FileSystem& fs, const fs::VolumeInfo& info, const Place& outer, int depth,
               std::vector<Place>& out) {
  if (depth == kDeepest) return;
  const std::size_t most = std::min(info.inner.size(), kMostInside);
  for (std::size_t i = 0; i < most; ++i) {
    const fs::InnerVolume& inner = info.inner[i];
    const bool logical = inner.name.find('/') != inner.name.npos;
    const fs::FileSystem::Inside read = fs.inside(i);
    Place place;
    place.partition = outer.partition;
    place.inside = fmt::format("{}{} {}", outer.inside.empty() ? "" : outer.inside + ", ",
                               logical ? "logical volume" : "open mapping", printable(inner.name));
    place.mapper = logical ? mapperName(inner.name) : inner.name;
    place.type = inner.content.type;
    place.uuid = inner.content.uuid;
    place.label = inner.content.label;
    place.reader = read.reader;
    place.state = inner.content.state;
    place.locked = place.type == "crypto_LUKS" && inner.content.inner.empty();
    place.doubt = inner.whyWhole;
    out.push_back(place);
    if (read.fs) addInside(*read.fs, read.fs->info(), place, depth + 1, out);
  }
}

}  // namespace

std::string Place::describe() const {
  const std::string base =
      partition == 0 ? std::string("the volume") : fmt::format("partition {}", partition);
  return inside.empty() ? base : base + ", " + inside;
}

std::vector<Place> placesOf(const plan::Survey& survey) {
  std::vector<Place> out;
  for (const plan::Volume& volume : survey.volumes) {
    Place place;
    place.partition = volume.partition;
    place.type = volume.type;
    place.uuid = volume.uuid;
    place.label = volume.label;
    place.reader = volume.fs ? volume.reader : nullptr;
    place.doubt = volume.doubt;
    if (volume.fs) place.state = volume.fs->info().state;
    place.locked = volume.type == "crypto_LUKS" && (!volume.fs || volume.fs->info().inner.empty());
    if (const table::Partition* partition = survey.layout.find(volume.partition)) {
      if (survey.layout.kind == table::TableKind::Gpt) {
        place.partUuid = lower(partition->id.toString());
        place.partLabel = partition->name();
      } else {
        place.partUuid =
            fmt::format("{:08x}-{:02x}", survey.layout.mbr.diskSignature, volume.partition);
      }
    }
    out.push_back(place);
    if (volume.fs) addInside(*volume.fs, volume.fs->info(), place, 0, out);
  }
  return out;
}

bool means(const DeviceSpec& spec, const Place& place) {
  switch (spec.by) {
    case DeviceSpec::By::Uuid:
      return !place.uuid.empty() && lower(spec.value) == lower(place.uuid);
    case DeviceSpec::By::Label:
      return !place.label.empty() && spec.value == place.label;
    case DeviceSpec::By::PartUuid:
      return !place.partUuid.empty() && lower(spec.value) == place.partUuid;
    case DeviceSpec::By::PartLabel:
      return !place.partLabel.empty() && spec.value == place.partLabel;
    case DeviceSpec::By::Mapper:
      return !place.mapper.empty() && spec.plain == place.mapper;
    case DeviceSpec::By::Number:
    case DeviceSpec::By::Nothing:
      break;
  }
  return false;
}

bool isHinted(const DeviceSpec& spec, const Place& place) {
  return spec.by == DeviceSpec::By::Number && place.inside.empty() &&
         spec.number == place.partition;
}

}  // namespace disktwin::system
