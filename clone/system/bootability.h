// Whether a copy would start, as far as files and tables tell.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "clone/plan/plan.h"
#include "clone/plan/survey.h"

namespace disktwin::system {

// One kind of firmware, and what it would find.
struct BootWay {
  std::string firmware;  // "UEFI", "BIOS": part of the JSON protocol
  bool starts = false;   // it finds something to start
  std::string how;       // what it starts, or why nothing; a phrase
};

struct BootReport {
  std::vector<BootWay> ways;
  std::vector<std::string> uses;      // what it takes then, a sentence each: root, fstab
  std::vector<std::string> problems;  // what would stop it, or may, a sentence each
};

// Of a plan that writes a table. findSystems() has been called for the survey. Reads files by
// helper processes. Throws only Error(Cancelled).
BootReport bootReport(const plan::Survey& survey, const plan::Plan& plan);

// Loaders that have to be put in place so that firmware which has never seen the disk finds one:
// for each EFI system partition of `taken` (empty: all). What cannot be done is said in `warnings`.
// Throws only Error(Cancelled).
std::map<std::uint32_t, std::vector<plan::FileEdit>> fallbackLoaders(
    const plan::Survey& survey, const std::set<std::uint32_t>& taken,
    std::vector<std::string>& warnings);

}  // namespace disktwin::system
