// A run of a verb that can be steered, and found again by others.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/job/control.h"
#include "cli/job/record.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace disktwin::cli {

// Lives as long as anything is said: what is said last, the error, belongs into the record too.
class Job {
 public:
  explicit Job(Output& output) : output_(output) {}
  ~Job();
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  // Says `start`. In JSON style commands are heard from then on, and what is worth it is recorded;
  // that it cannot be is a warning. `words`: the whole command line.
  void begin(const Verb& verb, const Arguments& arguments, const std::vector<std::string>& words);

 private:
  void openRecord(const RecordPlace& place);
  void hear(const Verb& verb, const Arguments& arguments, std::uint32_t owner);

  Output& output_;
  std::unique_ptr<Record> record_;
  std::unique_ptr<Control> control_;  // goes first: its thread speaks
};

}  // namespace disktwin::cli
