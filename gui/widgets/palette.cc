#include "gui/widgets/palette.h"

#include <algorithm>
#include <cmath>

namespace disktwin::gui {
namespace {

constexpr Rgb kWhite{255, 255, 255};

constexpr Palette kLight{
    .surface = kWhite,
    .surfaceHover = {249, 250, 252},
    .surfaceSelected = {238, 243, 254},
    .surfaceDisabled = {244, 244, 245},
    .border = {214, 218, 225},
    .borderStrong = {126, 134, 147},
    .text = {24, 28, 35},
    .muted = {84, 92, 106},
    .accent = {38, 86, 201},
    .onAccent = kWhite,
    .danger = {179, 32, 32},
    .dangerFill = {195, 45, 40},
    .dangerFillHover = {178, 37, 33},
    .dangerFillPressed = {122, 18, 18},
    .onDanger = kWhite,
    .warning = {133, 77, 0},
    .warningFill = {255, 246, 222},
    .good = {22, 110, 59},
};

constexpr Palette kDark{
    .surface = {41, 43, 48},
    .surfaceHover = {47, 50, 56},
    .surfaceSelected = {38, 50, 76},
    .surfaceDisabled = {49, 50, 52},
    .border = {76, 80, 88},
    .borderStrong = {148, 156, 168},
    .text = {240, 242, 246},
    .muted = {182, 188, 198},
    .accent = {136, 176, 255},
    .onAccent = {13, 24, 48},
    .danger = {255, 145, 136},
    .dangerFill = {190, 48, 43},
    .dangerFillHover = {204, 56, 50},
    .dangerFillPressed = {112, 16, 16},
    .onDanger = kWhite,
    .warning = {255, 200, 112},
    .warningFill = {69, 57, 33},
    .good = {120, 214, 152},
};

Rgb hueOf(Content content) {
  switch (content) {
    case Content::Ext:
      return {16, 143, 122};
    case Content::Ntfs:
      return {37, 128, 214};
    case Content::Fat:
      return {207, 140, 16};
    case Content::Xfs:
      return {130, 92, 204};
    case Content::Btrfs:
      return {200, 70, 143};
    case Content::Swap:
      return {182, 92, 74};
    case Content::Container:
      return {84, 104, 168};
    case Content::Other:
      return {112, 122, 136};
    case Content::Unallocated:
      return {150, 156, 166};
  }
  return {112, 122, 136};
}

double linear(std::uint8_t channel) {
  const double value = channel / 255.0;
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double luminance(Rgb colour) {
  return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

}  // namespace

Rgb mix(Rgb over, Rgb under, double share) {
  const auto channel = [share](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(std::lround(a * share + b * (1 - share)));
  };
  return {channel(over.red, under.red), channel(over.green, under.green),
          channel(over.blue, under.blue)};
}

double contrast(Rgb a, Rgb b) {
  const double first = luminance(a);
  const double second = luminance(b);
  return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

Content contentOf(std::string_view filesystem) {
  if (filesystem.starts_with("ext") && filesystem.size() == 4) return Content::Ext;
  if (filesystem == "ntfs" || filesystem == "refs") return Content::Ntfs;
  if (filesystem == "vfat" || filesystem == "exfat") return Content::Fat;
  if (filesystem == "xfs") return Content::Xfs;
  if (filesystem == "btrfs") return Content::Btrfs;
  if (filesystem == "swap" || filesystem == "swsuspend") return Content::Swap;
  if (filesystem == "crypto_LUKS" || filesystem == "BitLocker" || filesystem == "LVM2_member" ||
      filesystem == "linux_raid_member") {
    return Content::Container;
  }
  return Content::Other;
}

ContentColours coloursOf(Content content, bool dark) {
  const Palette& palette = paletteFor(dark);
  const Rgb hue = hueOf(content);
  if (content == Content::Unallocated) {
    return {palette.border, palette.surfaceDisabled, palette.surfaceDisabled, palette.muted};
  }
  if (dark) {
    return {mix(kWhite, hue, 0.2), mix(hue, palette.surface, 0.58), mix(hue, palette.surface, 0.24),
            kWhite};
  }
  return {hue, mix(hue, kWhite, 0.38), mix(hue, kWhite, 0.13), palette.text};
}

ContentColours fadedColours(bool dark) {
  const Palette& palette = paletteFor(dark);
  const Rgb grey = hueOf(Content::Other);
  return {mix(grey, palette.surfaceDisabled, 0.5), mix(grey, palette.surfaceDisabled, 0.2),
          mix(grey, palette.surfaceDisabled, 0.07), palette.muted};
}

const Palette& paletteFor(bool dark) {
  return dark ? kDark : kLight;
}

}  // namespace disktwin::gui
