// From a source's table and what is on its volumes to the table of a target of another size.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clone/plan/plan.h"
#include "clone/plan/survey.h"
#include "clone/table/layout.h"

namespace disktwin::plan {

// At multiples of what, in bytes, partitions begin that are placed anew: 1 MiB, and what the target
// likes to be written in (its optimal I/O size; 0: not said) where that makes sense.
std::uint64_t alignmentFor(std::uint64_t optimalIo);

// The table that the target gets; `selected` is that of the source with the partitions that are
// copied. Asks the tools of filesystems how small they can be, when something has to shrink. Adds
// to `warnings` what the user should hear. Throws Error(Refused) with the numbers when it does not
// fit.
table::Layout fittedLayout(const Survey& source, const table::Layout& selected,
                           const Target& target, const Request& request,
                           std::vector<std::string>& warnings);

// What sizes the partitions of a planned copy could be given instead.
struct FitLimits {
  struct Part {
    std::uint32_t number = 0;
    std::uint64_t smallest = 0;  // bytes; its size when it cannot be made smaller
    bool canGrow = false;
    std::string why;  // why it cannot be made smaller, as a clause; may be empty
  };
  std::uint64_t room = 0;  // bytes from the first to behind the last place that partitions can have
  std::uint64_t align = 1;  // bytes: partitions that change begin and end at multiples
  std::vector<Part> parts;  // in the order of the disk
};

// Of a plan that writes a table, made for that source; asks the tools of every filesystem how small
// it can be, which can take a while.
FitLimits fitLimits(const Survey& source, const Plan& plan);

// Whether the filesystem is brought to another size when its partition becomes `size` bytes long.
bool isReshaped(const Volume& volume, std::uint64_t size);

// What is to be said of that, as a sentence with a blank before it; may be empty.
std::string reshapeNote(const Volume& volume, std::uint64_t size);

}  // namespace disktwin::plan
