#include "gui/widgets/theme.h"

#include <wx/settings.h>

namespace disktwin::gui {

bool isDark() {
  return wxSystemSettings::GetAppearance().IsUsingDarkBackground();
}

const Palette& palette() {
  return paletteFor(isDark());
}

wxColour toColour(Rgb colour) {
  return {colour.red, colour.green, colour.blue};
}

wxFont fontFor(TextSize size, bool bold) {
  wxFont font = wxSystemSettings::GetFont(wxSYS_DEFAULT_GUI_FONT);
  switch (size) {
    case TextSize::Small:
      font.Scale(0.9f);
      break;
    case TextSize::Normal:
      break;
    case TextSize::Heading:
      font.Scale(1.2f);
      break;
    case TextSize::Big:
      font.Scale(1.7f);
      break;
  }
  if (bold) font.MakeBold();
  return font;
}

int lineHeight(const wxWindow* window, const wxFont& font) {
  int width = 0;
  int height = 0;
  window->GetTextExtent("Ag", &width, &height, nullptr, nullptr, &font);
  return height;
}

int textWidth(const wxWindow* window, const wxFont& font, const wxString& text) {
  if (text.empty()) return 0;
  int width = 0;
  int height = 0;
  window->GetTextExtent(text, &width, &height, nullptr, nullptr, &font);
  return width;
}

int textUnits(const wxWindow* window, int quarters) {
  return lineHeight(window, fontFor(TextSize::Normal)) * quarters / 4;
}

int fieldHeight(const wxWindow* window) {
  return lineHeight(window, fontFor(TextSize::Normal)) + window->FromDIP(14);
}

}  // namespace disktwin::gui
