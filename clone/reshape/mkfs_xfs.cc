#include "clone/reshape/mkfs_xfs.h"

#include <fmt/format.h>

#include "clone/fs/xfs/features.h"
#include "clone/fs/xfs/unproven.h"
#include "clone/reshape/reshaper.h"
#include "platform/program.h"

namespace disktwin::reshape {
namespace {

using fs::xfs::Super;

constexpr std::uint16_t kVersionAsciiCi = 0x4000;  // "XFS_SB_VERSION_BORGBIT"
constexpr std::uint32_t kUnitOfStripes = 512;

bool isVersion5(const Super& super) {
  return (super.version & fs::xfs::kVersionNumber) == 5;
}

int has(std::uint32_t features, std::uint32_t bit) {
  return (features & bit) != 0 ? 1 : 0;
}

// Older ones do not know what newer ones turn on by themselves.
std::string whenKnown(const std::string& usage, const char* option, int value) {
  if (value == 0 && usage.find(fmt::format("{}=0", option)) == std::string::npos) return {};
  return fmt::format(",{}={}", option, value);
}

std::string metadataOptions(const Super& super, const fs::VolumeInfo& info) {
  return fmt::format(
      "uuid={},crc={},finobt={},rmapbt={},reflink={},inobtcount={},bigtime={}", info.uuid,
      isVersion5(super) ? 1 : 0, has(super.roCompat, fs::xfs::kFreeInodeTree),
      has(super.roCompat, fs::xfs::kReverseMap), has(super.roCompat, fs::xfs::kReflink),
      has(super.roCompat, fs::xfs::kInodeTreeCounts), has(super.incompat, fs::xfs::kBigTime));
}

std::string inodeOptions(const Super& super, const std::string& usage) {
  const bool newer = isVersion5(super);
  return fmt::format("size={},maxpct={},sparse={},attr={},projid32bit={}{}{}",
                     super.inodeSize.value(), super.inodeMaxPercent,
                     has(super.incompat, fs::xfs::kSparseInodes),
                     newer || has(super.features2, fs::xfs::kAttributes2) != 0 ? 2 : 1,
                     newer ? 1 : has(super.features2, fs::xfs::kProjectId32),
                     whenKnown(usage, "nrext64", has(super.incompat, fs::xfs::kExtentCounts64)),
                     whenKnown(usage, "exchange", has(super.incompat, fs::xfs::kExchangeRange)));
}

std::string namingOptions(const Super& super, const std::string& usage) {
  std::string out = fmt::format("size={}", super.blockSize << super.directoryBlockLog);
  if ((super.version & kVersionAsciiCi) != 0) out += ",version=ci";
  // Version 5 always has it, and then it may not be named.
  if (!isVersion5(super)) {
    out += fmt::format(",ftype={}", has(super.features2, fs::xfs::kFileType4));
  }
  return out + whenKnown(usage, "parent", has(super.incompat, fs::xfs::kParentPointers));
}

std::string dataOptions(const Super& super, std::uint64_t size) {
  const std::uint64_t bytes = size / super.blockSize * super.blockSize;
  if (super.stripeUnit == 0) return fmt::format("size={},noalign", bytes);
  const std::uint64_t units = super.blockSize / kUnitOfStripes;
  return fmt::format("size={},sunit={},swidth={}", bytes, super.stripeUnit * units,
                     super.stripeWidth * units);
}

}  // namespace

std::string whyNoOtherXfs(const BlockReader& volume, const fs::VolumeInfo& info) {
  const auto super = readStruct<Super>(volume, 0);
  try {
    fs::xfs::requireKnownFeatures(super);
    fs::xfs::requireSound(volume, super);
  } catch (const fs::xfs::Unproven& unproven) {
    return unproven.why;
  }
  if (super.logStart == 0) return "its log lies on another device";
  if (super.realtimeBlocks != 0) return "it has a realtime section on another device";
  if (info.state != fs::VolumeState::Clean && info.state != fs::VolumeState::NeedsRecovery) {
    return "it wants a check (xfs_repair)";
  }
  if (super.quotaFlags != 0) return "it has quotas, whose limits would be lost";
  return missing({"mkfs.xfs"}, "xfsprogs");
}

std::vector<std::string> mkfsXfs(const Super& super, const fs::VolumeInfo& info,
                                 const std::string& file, std::uint64_t size, bool look) {
  const std::string usage = runProgram({"mkfs.xfs"}).output;
  std::vector<std::string> words = {"mkfs.xfs", look ? "-N" : "-q", "-f", "-K"};
  words.insert(words.end(), {"-b", fmt::format("size={}", super.blockSize.value())});
  words.insert(words.end(), {"-s", fmt::format("size={}", super.sectorSize.value())});
  words.insert(words.end(), {"-m", metadataOptions(super, info)});
  words.insert(words.end(), {"-i", inodeOptions(super, usage)});
  words.insert(words.end(), {"-n", namingOptions(super, usage)});
  words.insert(words.end(), {"-d", dataOptions(super, size)});
  if (!isVersion5(super)) {
    words.insert(words.end(),
                 {"-l", fmt::format("version={},lazy-count={}",
                                    (super.version & fs::xfs::kVersionLogV2) != 0 ? 2 : 1,
                                    has(super.features2, fs::xfs::kLazyCount))});
  }
  if (!info.label.empty()) words.insert(words.end(), {"-L", info.label});
  words.push_back(file);
  return words;
}

}  // namespace disktwin::reshape
