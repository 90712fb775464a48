#include "image/read/catalog.h"

#include <fmt/format.h>

#include <utility>

#include "clone/plan/regions.h"
#include "platform/error.h"
#include "platform/size_text.h"

namespace disktwin::image {
namespace {

// As many as a map of a badly fragmented volume has at most, for a good number of volumes.
constexpr std::uint64_t kMostExtents = 1ULL << 24;
constexpr unsigned kMostAttempts = 3;

std::string volumeTitle(const VolumeRecord& record) {
  plan::Volume volume;
  volume.partition = record.partition;
  volume.type = record.type;
  volume.label = record.label;
  return plan::volumeName(volume);
}

}  // namespace

std::string Catalog::whatIsAt(Extent disk) const {
  std::string out;
  const auto add = [&](const std::string& what, Extent part) {
    out += fmt::format("{}{}, bytes {} to {} of the disk", out.empty() ? "" : "; ", what,
                       formatCount(part.offset), formatCount(part.end() - 1));
  };
  for (std::size_t i = 0; i < info.volumes.size(); ++i) {
    const Extent part = intersection(info.volumes[i].bytes, disk);
    if (!part.empty()) add(volumeTitle(info.volumes[i]), part);
  }
  if (out.empty()) add("outside of all partitions", disk);
  return out;
}

ExtentSet Catalog::captured() const {
  std::vector<Extent> all(outside.captured.begin(), outside.captured.end());
  for (const VolumeMap& map : maps) {
    all.insert(all.end(), map.captured.begin(), map.captured.end());
  }
  for (const table::TableBlock& block : table) all.push_back({block.offset, block.bytes.size()});
  return ExtentSet::from(std::move(all));
}

ExtentSet Catalog::allOf(ExtentSet VolumeMap::*set) const {
  std::vector<Extent> all;
  for (const VolumeMap& map : maps) all.insert(all.end(), (map.*set).begin(), (map.*set).end());
  return ExtentSet::from(std::move(all));
}

ExtentSet Catalog::leftOut() const {
  return allOf(&VolumeMap::leftOut);
}

CatalogBuilder::CatalogBuilder(std::string name, Ask passphrase)
    : ask_(std::move(passphrase)), budget_(kMostExtents) {
  out_.name = std::move(name);
}

Bytes openBody(const OwnFrame& frame, const Head& head, const Key* key,
               const std::string& subject) {
  const bool open = frame.kind == kHead || frame.kind == kVolume;
  if (frame.sealed != (head.encrypted() && !open)) {
    throw Error(ErrorKind::Invalid, subject,
                fmt::format("{} is {}sealed, against what the image says", nameOf(frame.kind),
                            frame.sealed ? "" : "not "));
  }
  if (!frame.sealed) return {frame.body.begin(), frame.body.end()};
  return key->unseal(frame.body, frame.prefix, subject);
}

Bytes CatalogBuilder::bodyOf(const OwnFrame& frame) const {
  return openBody(frame, *head_, out_.key.get(), out_.name);
}

void CatalogBuilder::takeHead(const OwnFrame& frame) {
  head_ = decodeHead(frame, out_.name);
  out_.head = *head_;
  if (head_->encrypted()) out_.key = unlock();
}

std::shared_ptr<const Key> CatalogBuilder::unlock() const {
  Error why(ErrorKind::Refused, out_.name, "is encrypted, and there is no passphrase",
            "give it with --passphrase-file, or start at a terminal");
  for (unsigned attempt = 1; ask_ && attempt <= kMostAttempts; ++attempt) {
    std::optional<std::string> passphrase = ask_(out_.name, attempt);
    if (!passphrase) break;
    try {
      auto key = Key::open(*passphrase, head_->id, *head_->keyBox, out_.name);
      forget(*passphrase);
      return key;
    } catch (const Error& error) {
      forget(*passphrase);
      if (error.kind() != ErrorKind::Refused) throw;
      why = error;
    }
  }
  throw Error(why);
}

bool CatalogBuilder::take(ByteView bytes, std::uint64_t position) {
  if (head_ && !looksOwn(bytes)) return false;
  const OwnFrame frame =
      parseOwnFrame(bytes, position, head_ ? std::optional(head_->id) : std::nullopt, out_.name);
  if (!head_) {
    takeHead(frame);
    return true;
  }
  if (frame.kind == kVolume) return true;  // its number is looked at where volumes are known
  const bool early = frame.kind == kInfo || frame.kind == kTable || frame.kind == kMap;
  if (!early) return false;
  const Bytes body = bodyOf(frame);
  if ((frame.kind == kInfo) == haveInfo_ || (frame.kind == kTable && !out_.table.empty())) {
    throw Error(ErrorKind::Invalid, out_.name,
                fmt::format("at byte {}: {} out of order", position, nameOf(frame.kind)));
  }
  if (frame.kind == kInfo) {
    out_.info = decodeInfo(body, out_.name);
    out_.maps.resize(out_.info.volumes.size());
    haveInfo_ = true;
  } else if (frame.kind == kTable) {
    out_.table = decodeTable(body, out_.info.diskSize, out_.name);
  } else {
    decodeMap(body, out_.info.diskSize, out_.maps, out_.outside, budget_, out_.name);
  }
  return true;
}

Catalog CatalogBuilder::finish() {
  if (!haveInfo_) {
    throw Error(ErrorKind::Invalid, out_.name, "there is no INFO in it, expected one",
                "it is cut or damaged; restore --salvage saves what is whole");
  }
  if (!head_->encrypted() && head_->diskSize != out_.info.diskSize) {
    throw Error(ErrorKind::Invalid, out_.name, "HEAD and INFO differ about the size of the disk");
  }
  if (out_.head.incremental() != out_.info.parent.has_value()) {
    throw Error(ErrorKind::Invalid, out_.name, "HEAD and INFO differ about a parent");
  }
  if (out_.info.parent && out_.info.parent->id != out_.head.parent->id) {
    throw Error(ErrorKind::Invalid, out_.name, "HEAD and INFO name different parents");
  }
  return std::move(out_);
}

}  // namespace disktwin::image
