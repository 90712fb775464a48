#include "clone/reshape/reshaper.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "clone/reshape/ways.h"
#include "platform/error.h"
#include "platform/program.h"

namespace disktwin::reshape {

std::string Reshaper::whyNotEdit(const ReaderPtr&, const fs::VolumeInfo& info, const std::string&,
                                 const std::string&, std::size_t) const {
  return fmt::format("files of {} cannot be changed", info.type);
}

void Reshaper::edit(const std::string&, const fs::VolumeInfo& info, const std::string& path,
                    const std::string&, const std::string&) const {
  throw Error(ErrorKind::Failed, path, fmt::format("files of {} cannot be changed", info.type));
}

std::string Reshaper::whyNotRenew(const ReaderPtr&, const fs::VolumeInfo& info,
                                  const std::string&) const {
  return whyNotRenewed(info.type);
}

void Reshaper::renew(const std::string&, const fs::VolumeInfo& info, const std::string&) const {
  throw Error(ErrorKind::Failed, info.type, whyNotRenewed(info.type));
}

void Reshaper::refill(const std::string&, const fs::VolumeInfo& info, const std::string&,
                      std::uint64_t) const {
  throw Error(ErrorKind::Failed, info.type, "is not made anew");
}

const Reshaper* reshaperFor(const std::string& type) {
  if (type == "ext2" || type == "ext3" || type == "ext4") return &extWay();
  if (type == "ntfs") return &ntfsWay();
  if (type == "swap") return &swapWay();
  if (type == "btrfs") return &btrfsWay();
  if (type == "xfs") return &xfsWay();
  if (type == "vfat") return &fatWay();
  if (type == "exfat") return &exfatWay();
  return nullptr;
}

std::string whyNoWay(const std::string& type) {
  if (type == "exfat" || type == "f2fs") {
    return fmt::format(
        "{} cannot be resized here (leave it out, format a partition of the size you want, and "
        "copy "
        "its files there)",
        type);
  }
  return fmt::format("{} cannot be resized", type);
}

std::string whyNotRenewed(const std::string& type) {
  if (type == "LVM2_member") {
    return "volume groups are not renamed here (vgimportclone gives a copy another identity, with "
           "the original taken out)";
  }
  if (type == "crypto_LUKS") {
    return "the systems on it unlock it by this one (cryptsetup luksUUID gives it another)";
  }
  return fmt::format("nothing here gives {} another one", type);
}

std::string missing(const std::vector<std::string>& programs, const std::string& package) {
  for (const std::string& program : programs) {
    if (!findProgram(program)) {
      return fmt::format("{} is not installed (package {})", program, package);
    }
  }
  return {};
}

std::string runTool(const std::vector<std::string>& words, const std::vector<int>& good,
                    const std::string& input) {
  ProgramResult result = runProgram(words, input);
  if (std::ranges::find(good, result.status) != good.end()) return std::move(result.output);
  throw Error(ErrorKind::Failed, words.front(),
              fmt::format("ended with status {}: {}", result.status, result.lastLine()));
}

std::uint64_t numberBehind(std::string_view lead, const std::string& output) {
  const std::size_t at = output.find(lead);
  std::uint64_t number = 0;
  if (at != std::string::npos) {
    std::from_chars(output.data() + at + lead.size(), output.data() + output.size(), number);
  }
  return number;
}

}  // namespace disktwin::reshape
