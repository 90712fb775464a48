// The help texts.
#pragma once

#include <string>

#include "cli/verbs.h"

namespace disktwin::cli {

std::string generalHelp();
std::string verbHelp(const Verb& verb);
std::string versionText();

}  // namespace disktwin::cli
