// Who runs this program.
#pragma once

#include <cstdint>

namespace disktwin {

bool isRoot();
// As the system counts users and processes.
std::uint32_t userId();
std::int64_t processId();

}  // namespace disktwin
