// How GTK draws its own widgets in this program, where that would leave something unseen.
#pragma once

namespace disktwin::gui {

// For all windows, those of GTK's own dialogs too. To be called before the first one is shown;
// again, it does nothing.
void styleNativeWidgets();

}  // namespace disktwin::gui
