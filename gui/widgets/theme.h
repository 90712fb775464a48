// Light or dark, and the sizes of text: everything that has to do with how the desktop is set.
#pragma once

#include <wx/colour.h>
#include <wx/font.h>
#include <wx/window.h>

#include "gui/widgets/palette.h"

namespace disktwin::gui {

// Whether the desktop's windows are dark. Asked anew each time: it may change while we run.
bool isDark();
// The palette that goes with it.
const Palette& palette();

wxColour toColour(Rgb colour);

// All follow the font of the desktop, and with it the scaling of text.
enum class TextSize { Small, Normal, Heading, Big };
wxFont fontFor(TextSize size, bool bold = false);

// In pixels, as text is set in that window.
int lineHeight(const wxWindow* window, const wxFont& font);
int textWidth(const wxWindow* window, const wxFont& font, const wxString& text);
// A distance that grows with the text: quarters of the height of a line of normal text.
int textUnits(const wxWindow* window, int quarters);
// The height that a wxTextCtrl of one line needs: its own best height does not grow with the text.
int fieldHeight(const wxWindow* window);

}  // namespace disktwin::gui
