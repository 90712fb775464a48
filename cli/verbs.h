// The verbs of the command line. Each reads its own options, does its work and returns the exit
// code; errors are thrown.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/output.h"

namespace disktwin::cli {

struct Verb {
  const char* name;
  const char* synopsis;            // "SOURCE TARGET [options]"
  const char* summary;             // one line
  const char* about;               // for `help VERB`
  std::vector<std::string> words;  // what must be named, "SOURCE", "TARGET"
  void (*addOptions)(Options& options);
  int (*run)(const Arguments& arguments, Output& output);
  // It may take long: with --json it leaves a record of itself (cli/job/).
  bool isJob = false;
};

std::span<const Verb> verbs();
const Verb* findVerb(const std::string& name);

void addListOptions(Options& options);
int runList(const Arguments& arguments, Output& output);
void addShowOptions(Options& options);
int runShow(const Arguments& arguments, Output& output);
void addLsOptions(Options& options);
int runLs(const Arguments& arguments, Output& output);
void addExtractOptions(Options& options);
int runExtract(const Arguments& arguments, Output& output);
void addCloneOptions(Options& options);
int runClone(const Arguments& arguments, Output& output);
void addCaptureOptions(Options& options);
int runCapture(const Arguments& arguments, Output& output);
void addRestoreOptions(Options& options);
int runRestore(const Arguments& arguments, Output& output);
void addVerifyOptions(Options& options);
int runVerify(const Arguments& arguments, Output& output);
void addMergeOptions(Options& options);
int runMerge(const Arguments& arguments, Output& output);
void addCompareOptions(Options& options);
int runCompare(const Arguments& arguments, Output& output);
void addBootOptions(Options& options);
int runBoot(const Arguments& arguments, Output& output);

}  // namespace disktwin::cli
