// LUKS1 and LUKS2. Ciphertext has no free blocks: everything that belongs to it is copied.
#include "clone/fs/luks/luks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "clone/fs/filesystem.h"
#include "clone/fs/luks/header.h"
#include "clone/fs/luks/ondisk.h"

namespace disktwin::fs::luks {
namespace {

bool isReencrypting(const Header& header) {
  return std::any_of(
      header.requirements.begin(), header.requirements.end(),
      [](const std::string& name) { return name.find("reencrypt") != std::string::npos; });
}

// How far it reaches; the volume's end unless every segment says where it ends. Saturates.
std::uint64_t endOf(const Header& header, std::uint64_t volumeSize) {
  if (header.segments.empty()) return volumeSize;
  std::uint64_t end = header.areaEnd;
  for (const Segment& segment : header.segments) {
    const bool isKnown = segment.type == "crypt" || segment.type == "linear";
    if (!isKnown || !segment.length || header.requirements.size() > 0) return volumeSize;
    end = std::max(end, segment.offset + std::min(*segment.length, ~segment.offset));
  }
  return end;
}

void addNotes(const Header& header, std::vector<std::string>& out) {
  out.insert(out.end(), header.notes.begin(), header.notes.end());
  out.push_back(
      fmt::format("LUKS{}: what is inside cannot be told while it is locked, so that all of it is "
                  "copied. The copy opens with the same passphrases and keys.",
                  header.version));
  if (isReencrypting(header)) {
    out.push_back(
        "A re-encryption is under way; the copy stands where the original does. Better: let it end "
        "first (cryptsetup reencrypt --resume-only).");
  } else if (!header.requirements.empty()) {
    out.push_back(fmt::format("It needs what not every version of cryptsetup has: {}.",
                              fmt::join(header.requirements, ", ")));
  }
  for (const Segment& segment : header.segments) {
    if (!segment.hasIntegrity) continue;
    out.push_back("It keeps integrity tags beside its data (dm-integrity).");
    break;
  }
}

class Luks final : public FileSystem {
 public:
  Luks(ReaderPtr volume, Header header)
      : volume_(std::move(volume)),
        header_(std::move(header)),
        end_(endOf(header_, volume_->size())) {
    if (header_.problem.empty() && end_ > volume_->size()) {
      header_.problem = fmt::format("it should reach to byte {}, but the volume ends at {}", end_,
                                    volume_->size());
    }
    if (!header_.problem.empty()) end_ = volume_->size();
    info_.type = "crypto_LUKS";
    info_.uuid = header_.uuid;
    info_.label = header_.label;
    info_.blockSize = kSector1;
    for (const Segment& segment : header_.segments) info_.blockSize = segment.sectorSize;
    info_.size = end_;
    info_.used = end_;
    info_.state = VolumeState::Unknown;
    addNotes(header_, info_.notes);
  }

  const VolumeInfo& info() const override { return info_; }

  UsedMap used() const override {
    if (!header_.problem.empty()) return UsedMap::whole(*volume_, header_.problem);
    return {ExtentSet{{0, end_}}, {}};
  }

  ExtentSet signatures() const override {
    ExtentSet out{{0, sizeof(Header2)}};
    for (const std::uint64_t offset : kSizes) out.add({offset, sizeof(Header2)});
    return out.clipped({0, volume_->size()});
  }

 private:
  ReaderPtr volume_;
  Header header_;
  std::uint64_t end_;
  VolumeInfo info_;
};

}  // namespace

std::optional<LuksData> dataOf(const BlockReader& volume) {
  const std::optional<Header> header = readHeader(volume);
  if (!header || !header->problem.empty() || !header->requirements.empty()) return std::nullopt;
  if (header->segments.size() != 1) return std::nullopt;
  const Segment& segment = header->segments.front();
  if (segment.type != "crypt" || segment.hasIntegrity) return std::nullopt;
  // Data that does not begin behind the headers lies on another device.
  if (segment.offset < std::max<std::uint64_t>(header->areaEnd, kSector1)) return std::nullopt;
  if (segment.offset >= volume.size()) return std::nullopt;
  // An incomplete sector at the end is not part of the mapping.
  const std::uint64_t room = volume.size() - segment.offset;
  const std::uint64_t length = segment.length.value_or(roundDown(room, segment.sectorSize));
  if (length == 0 || length > room) return std::nullopt;
  return LuksData{{segment.offset, length}, segment.sectorSize, header->uuid};
}

std::unique_ptr<FileSystem> open(ReaderPtr volume) {
  std::optional<Header> header = readHeader(*volume);
  if (!header) return nullptr;
  return std::make_unique<Luks>(std::move(volume), std::move(*header));
}

}  // namespace disktwin::fs::luks
