// The control socket of a running job (docs/protocol.md).
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace disktwin::gui {

// Whether somebody answers there: the job runs.
bool isAlive(const std::string& socket);

// Gives a command and waits for the answer, two seconds at most. False when there is nobody, or the
// command was not taken.
bool control(const std::string& socket, const nlohmann::json& command);

}  // namespace disktwin::gui
