// Surveys and plans as text for people.
#pragma once

#include <string>

#include "clone/plan/fitted_layout.h"
#include "clone/plan/plan.h"
#include "clone/plan/survey.h"
#include "clone/system/bootability.h"

namespace disktwin::cli {

// The partitions, a line each, for `list`.
std::string volumeLines(const plan::Survey& survey);
// The operating systems that were found, a line each that begins with a line break; empty when
// nobody looked.
std::string systemsBrief(const plan::Survey& survey);
// Everything about them, for `show`.
std::string surveyDetails(const plan::Survey& survey);
// The ranges of a plan as a table.
std::string rangeLines(const plan::Plan& plan);
// What a plan will do: source, target, what is lost, every range, totals, warnings not included.
// `verb`: "Clone", "Restore".
std::string planText(const plan::Plan& plan, const char* verb);
// How small and large each partition could be made, as a table with a heading.
std::string limitsText(const plan::FitLimits& limits);
// Whether the copy would start: paragraphs with headings.
std::string bootText(const system::BootReport& report);
// "465.8 GiB (500.1 GB), nvme, sectors of 512 bytes"
std::string diskFacts(std::uint64_t size, const std::string& bus, std::uint32_t logicalSector,
                      std::uint32_t physicalSector);

}  // namespace disktwin::cli
