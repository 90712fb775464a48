// A question to the engine whose answer is wanted once.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gui/window/context.h"

class wxWindow;

namespace disktwin::gui {

// `done` is called when it is over, never once the answer's last owner has let go of it, which also
// stops what runs for it. A passphrase that it takes is asked for above `parent`.
std::shared_ptr<Running> ask(wxWindow* parent, Context& context, std::vector<std::string> words,
                             bool asRoot, std::function<void(const JobState& state)> done);

}  // namespace disktwin::gui
