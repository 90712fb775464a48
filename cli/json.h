// Surveys and plans as JSON: the fields are specified in docs/protocol.md.
#pragma once

#include <nlohmann/json.hpp>

#include "clone/plan/fitted_layout.h"
#include "clone/plan/plan.h"
#include "clone/plan/survey.h"
#include "clone/system/bootability.h"

namespace disktwin::cli {

nlohmann::json toJson(const plan::Endpoint& endpoint);
nlohmann::json toJson(const plan::Survey& survey);
nlohmann::json toJson(const plan::Plan& plan);
nlohmann::json toJson(const plan::FitLimits& limits);
nlohmann::json toJson(const system::BootReport& report);
// Of a disk that is listed, readable or not.
nlohmann::json toJson(const BlockDevice& disk);
// Its partitions as the kernel knows them, and who uses them: what can be said without reading it.
nlohmann::json placesJson(const DeviceTree& tree, const BlockDevice& disk);

}  // namespace disktwin::cli
