// Who runs this program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace disktwin {

bool isRoot();
// As the system counts users and processes.
std::uint32_t userId();
std::int64_t processId();

// The number of a user, written out; nullopt for anything else, and for the number that means
// "nobody in particular" to the system.
std::optional<std::uint32_t> userNumber(const std::optional<std::string>& text);
// Who had pkexec run this as root: files that are made belong to them. nullopt for everybody else.
std::optional<std::uint32_t> askedBy();

}  // namespace disktwin
