// Partition tables, held against each other.
#pragma once

#include <string>
#include <vector>

#include "clone/io/block_reader.h"
#include "clone/plan/plan.h"

namespace disktwin::compare {

// How the table on `other` differs from the one that the plan would write there, a sentence each.
std::vector<std::string> compareTables(const plan::Plan& plan, const BlockReader& other);

}  // namespace disktwin::compare
