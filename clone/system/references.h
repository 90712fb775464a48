// Where a system names its disks by identifiers that are others in a copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clone/plan/file_edit.h"
#include "clone/plan/new_ids.h"
#include "clone/plan/survey.h"

namespace disktwin::system {

// How many times each of the identifiers stands in the text, whatever the case of its letters, as a
// word of its own: "1badcafe-05" is not in "1badcafe-051". Pure.
std::vector<std::size_t> mentions(std::string_view text, const std::vector<plan::NewId>& ids);

// The same text with the new identifiers in the places of the old ones, in upper case where those
// were, and so of the same length. Pure.
std::string renamed(std::string_view text, const std::vector<plan::NewId>& ids);

struct References {
  std::map<std::uint32_t, std::vector<plan::FileEdit>> edits;  // by partition
  // What names an identifier and cannot be adapted, or cannot be looked into, a sentence each.
  std::vector<std::string> warnings;
};

// For a copy of those partitions (none: all), in which `edits` are made anyway: looks through
// tables (fstab, crypttab), kernel command lines, and the configuration of boot loaders, wherever
// these lie. The edits returned are `edits` and more. Reads files by helper processes. Throws only
// Error(Cancelled), and Error(Refused) for a Windows, which knows its disks by identifiers in
// places that only it can change.
References adaptReferences(const plan::Survey& survey, const plan::NewIds& ids,
                           const std::set<std::uint32_t>& partitions,
                           std::map<std::uint32_t, std::vector<plan::FileEdit>> edits);

}  // namespace disktwin::system
