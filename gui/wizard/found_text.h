// Places that a job has found: damaged, different, or lost.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "gui/run/job_state.h"

namespace disktwin::gui {

// A `damage`, `difference` or `lost` event as a line; empty for others.
std::string foundText(const nlohmann::json& event);
// Why the job failed, with the first places that it has found before the hint. Only for one that
// has failed.
Failure failureWithPlaces(const JobState& job);

}  // namespace disktwin::gui
