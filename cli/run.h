// The command-line program as a function, so that tests can link it.
#pragma once

namespace disktwin::cli {

// Runs one command line; returns the process's exit code (docs/protocol.md). Throws nothing.
int run(int argc, char** argv);

}  // namespace disktwin::cli
