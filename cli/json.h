// Surveys and plans as JSON: the fields are specified in docs/protocol.md.
#pragma once

#include <nlohmann/json.hpp>

#include "clone/plan/plan.h"
#include "clone/system/bootability.h"
#include "clone/plan/survey.h"

namespace disktwin::cli {

nlohmann::json toJson(const plan::Endpoint& endpoint);
nlohmann::json toJson(const plan::Survey& survey);
nlohmann::json toJson(const plan::Plan& plan);
nlohmann::json toJson(const system::BootReport& report);
// Of a disk that is listed, readable or not.
nlohmann::json toJson(const BlockDevice& disk);

}  // namespace disktwin::cli
