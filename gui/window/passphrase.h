// Answers a run that waits for a passphrase.
#pragma once

#include <wx/window.h>

#include "gui/window/context.h"

namespace disktwin::gui {

// If the run waits for one: from what was typed before, or by asking. Who gives none has it
// stopped.
void answerPassphrase(wxWindow* parent, Context& context, Running& running);

}  // namespace disktwin::gui
