// A job that ends in a disk: clone and restore, from the words of the command line to the finished
// target.
#pragma once

#include "cli/arguments.h"
#include "cli/output.h"

namespace disktwin::cli {

struct DiskJob {
  const char* title;   // "Clone"
  const char* done;    // "copied"
  bool front = false;  // takes what can only be read from front to back
  // Raw files in which nothing is recognised need --raw; --salvage is there.
  bool rawOnlyWhenAsked = false;
};

int runDiskJob(const Arguments& arguments, Output& output, const DiskJob& job);

}  // namespace disktwin::cli
