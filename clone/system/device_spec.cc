#include "clone/system/device_spec.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace disktwin::system {
namespace {

using By = DeviceSpec::By;

bool isHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// udev writes what may not stand in a name as \x20.
std::string withoutUdevEscapes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\\x") && i + 3 < text.size() && isHex(text[i + 2]) &&
        isHex(text[i + 3])) {
      unsigned code = 0;
      std::from_chars(text.data() + i + 2, text.data() + i + 4, code, 16);
      out += static_cast<char>(code);
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string_view withoutQuotes(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
      text.back() == text.front()) {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

std::uint32_t numberFrom(std::string_view digits) {
  std::uint32_t out = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return failed == std::errc() && end == digits.data() + digits.size() ? out : 0;
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

// "sda3", "nvme0n1p2", "mmcblk0p1", "ata-DISK-part3": the digits at the end, behind what is a
// disk's name.
DeviceSpec byNumber(std::string_view name, std::string_view whole) {
  std::size_t digits = name.size();
  while (digits > 0 && isDigit(name[digits - 1])) --digits;
  std::string_view disk = name.substr(0, digits);
  const bool letters = name.starts_with("sd") || name.starts_with("hd") || name.starts_with("vd") ||
                       name.starts_with("xvd");
  const bool withP = name.starts_with("nvme") || name.starts_with("mmcblk");
  const bool isPart = disk.ends_with("-part");
  if (digits == name.size() || (!letters && !withP && !isPart)) return {};
  if (withP && !disk.ends_with('p')) return {};
  return {By::Number, std::string(whole), {}, numberFrom(name.substr(digits))};
}

// "/dev/group/volume", as LVM links it.
DeviceSpec byGroup(std::string_view rest, std::string_view whole) {
  const std::size_t slash = rest.find('/');
  if (slash == rest.npos || slash == 0 || rest.find('/', slash + 1) != rest.npos ||
      slash + 1 == rest.size()) {
    return {};
  }
  return {By::Mapper, std::string(whole), mapperName(rest), 0};
}

}  // namespace

std::string mapperName(std::string_view groupAndVolume) {
  std::string out;
  for (const char c : groupAndVolume) {
    out += c == '/' ? "-" : c == '-' ? "--" : std::string(1, c);
  }
  return out;
}

DeviceSpec parseDeviceSpec(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, By>, 4> tags{{{"UUID=", By::Uuid},
                                                                 {"LABEL=", By::Label},
                                                                 {"PARTUUID=", By::PartUuid},
                                                                 {"PARTLABEL=", By::PartLabel}}};
  constexpr std::array<std::pair<std::string_view, By>, 4> links{
      {{"/dev/disk/by-uuid/", By::Uuid},
       {"/dev/disk/by-label/", By::Label},
       {"/dev/disk/by-partuuid/", By::PartUuid},
       {"/dev/disk/by-partlabel/", By::PartLabel}}};
  for (const auto& [tag, by] : tags) {
    if (!text.starts_with(tag)) continue;
    const std::string_view value = withoutQuotes(text.substr(tag.size()));
    return value.empty() ? DeviceSpec{} : DeviceSpec{by, std::string(value), {}, 0};
  }
  for (const auto& [link, by] : links) {
    if (!text.starts_with(link) || text.size() == link.size()) continue;
    return {by, withoutUdevEscapes(text.substr(link.size())), {}, 0};
  }
  for (const std::string_view names : {"/dev/disk/by-id/", "/dev/disk/by-path/"}) {
    if (text.starts_with(names)) return byNumber(text.substr(names.size()), text);
  }
  constexpr std::string_view kMapper = "/dev/mapper/";
  if (text.starts_with(kMapper) && text.size() > kMapper.size()) {
    return {By::Mapper, std::string(text), std::string(text.substr(kMapper.size())), 0};
  }
  constexpr std::string_view kDev = "/dev/";
  if (!text.starts_with(kDev)) return {};
  const std::string_view rest = text.substr(kDev.size());
  return rest.find('/') == rest.npos ? byNumber(rest, text) : byGroup(rest, text);
}

}  // namespace disktwin::system
