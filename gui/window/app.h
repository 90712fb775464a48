// The window's program: language, settings, and the one window.
#pragma once

#include <string>

namespace disktwin::gui {

// Until the window is closed; returns the exit code. `program`: the command-line program; empty: it
// is looked for.
int runApp(int argc, char** argv, const std::string& program);

}  // namespace disktwin::gui
