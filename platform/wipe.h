// Secrets that have been used.
#pragma once

#include <string>

namespace disktwin {

// Overwrites it in memory, which no optimiser leaves out, and empties it. Its room stays.
void wipe(std::string& secret) noexcept;

// From now on a crash of this program leaves no core, in which a secret would be found.
void keepOutOfCores() noexcept;

}  // namespace disktwin
