// The events of a job as text for people.
#pragma once

#include <string>
#include <vector>

namespace disktwin::gui {

// A line for each event that says something that lasts; none for progress.
std::string logText(const std::vector<std::string>& events);

}  // namespace disktwin::gui
