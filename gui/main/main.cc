#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "gui/desktop/display.h"
#include "gui/window/app.h"

namespace {

constexpr const char* kHelp =
    "Usage: disktwin-gui [options]\n"
    "\n"
    "The window of Disktwin: clones disks, moves systems, saves disks to images. Everything that "
    "it\n"
    "does is done by the command-line program `disktwin`, whose command lines it shows.\n"
    "\n"
    "Options:\n"
    "  --program FILE  the command-line program (found beside this one, or in PATH)\n"
    "  --version       print the version\n"
    "  -h, --help      print this help\n";

int usage(const std::string& what) {
  std::fprintf(stderr, "disktwin-gui: %s; `disktwin-gui --help` explains\n", what.c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  std::string program;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--help" || word == "-h") return std::fputs(kHelp, stdout) < 0 ? 1 : 0;
    if (word == "--version") return std::puts("disktwin-gui " DISKTWIN_VERSION) < 0 ? 1 : 0;
    if (word != "--program") return usage("'" + word + "' is not an option");
    if (++i == argc) return usage("--program: a file is missing");
    program = argv[i];
  }
  if (::geteuid() == 0) {
    std::fputs(
        "disktwin-gui: runs as root, expected the user at the screen; start it without sudo, it "
        "asks for the\n"
        "rights to use disks when they are needed\n",
        stderr);
    return 3;
  }
  // Passphrases are typed into it.
  constexpr rlimit kNoCore{0, 0};
  ::setrlimit(RLIMIT_CORE, &kNoCore);
  if (!disktwin::gui::haveDisplay()) {
    std::fputs(
        "disktwin-gui: there is no screen to show a window on; use `disktwin`, which can do the "
        "same\n"
        "(`disktwin help`)\n",
        stderr);
    return 1;
  }
  return disktwin::gui::runApp(argc, argv, program);
}
