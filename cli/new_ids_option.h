// --new-ids: a copy that can stand beside its original.
#pragma once

#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/source.h"
#include "clone/plan/plan.h"

namespace disktwin::cli {

void addNewIdsOption(Options& options);

// With --new-ids, puts into the request which identifiers the copy gets, and the files that name
// the old ones. Reads files of the volumes then. Adds to `warnings` what cannot be adapted. Throws
// Error(Refused) where a Windows is copied, and Error(Usage) for a source that cannot be looked
// into. Everything else in the request has to be there already.
void addNewIds(const Arguments& arguments, const Source& source, const plan::Target& target,
               plan::Request& request, std::vector<std::string>& warnings);

// With --new-ids, puts into the request that the other disk has identifiers of its own, and that
// its files name them.
void expectNewIds(const Arguments& arguments, const Source& source, const Source& copy,
                  plan::Request& request);

// What has to be known of original and copy when the copy is finished, a sentence.
std::string aboutIds(const plan::Plan& plan);

}  // namespace disktwin::cli
