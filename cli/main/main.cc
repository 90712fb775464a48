#include "cli/run.h"

int main(int argc, char** argv) {
  return disktwin::cli::run(argc, argv);
}
