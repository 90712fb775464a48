// How much guessing a passphrase stands.
#pragma once

#include <string>

namespace disktwin::gui {

// From 0 (none) to 4 (more than anybody has time for).
int passphraseStrength(const std::string& passphrase);

}  // namespace disktwin::gui
