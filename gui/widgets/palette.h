// The colours of the interface as numbers, without a toolkit, so that their contrast can be tested.
#pragma once

#include <cstdint>
#include <string_view>

namespace disktwin::gui {

struct Rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  friend bool operator==(const Rgb&, const Rgb&) = default;
};

// `share` of `over` (0 to 1) on `under`.
Rgb mix(Rgb over, Rgb under, double share);

// The contrast of two colours by WCAG 2: 1 (none) to 21. Text needs 4.5, marks need 3.
double contrast(Rgb a, Rgb b);

// What has a colour of its own in the picture of a disk.
enum class Content { Ext, Ntfs, Fat, Xfs, Btrfs, Swap, Container, Other, Unallocated };
inline constexpr Content kAllContents[] = {
    Content::Ext,  Content::Ntfs,  Content::Fat,       Content::Xfs,        Content::Btrfs,
    Content::Swap, Content::Other, Content::Container, Content::Unallocated};

// By the name of a filesystem as the protocol has it: "ext4", "crypto_LUKS"; empty: Other.
Content contentOf(std::string_view filesystem);

struct ContentColours {
  Rgb strip;  // full strength: tells the filesystem
  Rgb used;   // the part that is in use
  Rgb free;   // the part that is not
  Rgb text;   // readable on both
};
ContentColours coloursOf(Content content, bool dark);
// The same when the disk cannot be chosen: without colour, still readable.
ContentColours fadedColours(bool dark);

struct Palette {
  Rgb surface;  // of cards and fields, above the window
  Rgb surfaceHover;
  Rgb surfaceSelected;
  Rgb surfaceDisabled;
  Rgb border;
  Rgb borderStrong;  // marks that have to be seen: contrast of 3 at least
  Rgb text;
  Rgb muted;   // less important, readable
  Rgb accent;  // what is chosen, what has the focus; readable on surfaces
  Rgb onAccent;
  Rgb danger;  // text
  Rgb dangerFill;
  Rgb dangerFillHover;
  Rgb dangerFillPressed;
  Rgb onDanger;
  Rgb warning;  // text
  Rgb warningFill;
  Rgb good;  // text
};
const Palette& paletteFor(bool dark);

}  // namespace disktwin::gui
