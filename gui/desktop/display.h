// Whether there is a screen to show a window on.
#pragma once

namespace disktwin::gui {

// Connects to it; to be asked before anything of wx.
bool haveDisplay();

}  // namespace disktwin::gui
