// Dialogs of GTK's own, which wx does not know to be open: those for files, and short questions.
#pragma once

namespace disktwin::gui {

// As if "Cancel" had been pressed in the one that waits for an answer; false when none does.
bool cancelNativeQuestion();

}  // namespace disktwin::gui
