// Text that came from a disk, made fit for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace disktwin {

// Valid UTF-8 without control characters: a label must not be able to move the cursor or colour the
// screen. What does not fit becomes '?'.
std::string printable(std::string_view text);

}  // namespace disktwin
