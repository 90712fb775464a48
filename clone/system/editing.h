// Whether files of a volume can be others in a copy.
#pragma once

#include <string>
#include <vector>

#include "clone/plan/file_edit.h"
#include "clone/plan/survey.h"

namespace disktwin::system {

// Why they cannot, as a clause; empty when they can.
std::string whyNotEdit(const plan::Volume& volume, const std::vector<plan::FileEdit>& edits);

}  // namespace disktwin::system
