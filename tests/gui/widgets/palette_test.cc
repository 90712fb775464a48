// Whatever stands on a colour can be read.
#include "gui/widgets/palette.h"

#include "tests/support/catch.h"

using namespace disktwin::gui;

namespace {

// The windows of the two variants of GTK's own theme.
constexpr Rgb kWindow[] = {{246, 245, 244}, {53, 53, 53}};

}  // namespace

TEST_CASE("contrast is that of WCAG") {
  CHECK(contrast({0, 0, 0}, {255, 255, 255}) == Catch::Approx(21));
  CHECK(contrast({7, 7, 7}, {7, 7, 7}) == Catch::Approx(1));
  CHECK(contrast({118, 118, 118}, {255, 255, 255}) == Catch::Approx(4.54).margin(0.01));
}

TEST_CASE("text is readable on every part of a disk") {
  for (const bool dark : {false, true}) {
    for (const Content content : kAllContents) {
      INFO(dark << " " << static_cast<int>(content));
      const ContentColours colours = coloursOf(content, dark);
      CHECK(contrast(colours.text, colours.used) >= 4.5);
      CHECK(contrast(colours.text, colours.free) >= 4.5);
      if (content == Content::Unallocated) continue;
      CHECK(contrast(colours.used, colours.free) >= 1.25);
    }
    const ContentColours faded = fadedColours(dark);
    CHECK(contrast(faded.text, faded.used) >= 4.5);
    CHECK(contrast(faded.text, faded.free) >= 4.5);
  }
}

TEST_CASE("text is readable on every surface, and marks can be seen") {
  for (const bool dark : {false, true}) {
    INFO(dark);
    const Palette& it = paletteFor(dark);
    for (const Rgb ground : {it.surface, it.surfaceHover, it.surfaceSelected, it.surfaceDisabled,
                             kWindow[dark ? 1 : 0]}) {
      INFO(static_cast<int>(ground.red) << "," << static_cast<int>(ground.green));
      for (const Rgb text : {it.text, it.muted, it.accent, it.danger, it.warning, it.good}) {
        INFO(static_cast<int>(text.red) << "," << static_cast<int>(text.green));
        CHECK(contrast(text, ground) >= 4.5);
      }
      CHECK(contrast(it.borderStrong, ground) >= 3);
    }
    CHECK(contrast(it.onAccent, it.accent) >= 4.5);
    CHECK(contrast(it.onDanger, it.dangerFill) >= 4.5);
    CHECK(contrast(it.onDanger, it.dangerFillHover) >= 4.5);
    CHECK(contrast(it.onDanger, it.dangerFillPressed) >= 4.5);
    CHECK(contrast(it.warning, it.warningFill) >= 4.5);
    CHECK(contrast(it.text, it.warningFill) >= 4.5);
  }
}

TEST_CASE("filesystems by the names of the protocol") {
  CHECK(contentOf("ext4") == Content::Ext);
  CHECK(contentOf("exfat") == Content::Fat);
  CHECK(contentOf("crypto_LUKS") == Content::Container);
  CHECK(contentOf("") == Content::Other);
  CHECK(contentOf("extra") == Content::Other);
}
