#include <sys/sysmacros.h>

#include <cstdio>
#include <sstream>

#include "platform/linux/text_file.h"
#include "platform/usage.h"

namespace disktwin {
namespace {

// The kernel writes blanks, tabs, newlines and backslashes as \ooo (proc(5), /proc/pid/mountinfo).
std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octal = [&](std::size_t at) {
      return at < text.size() && text[at] >= '0' && text[at] <= '7';
    };
    if (text[i] == '\\' && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
      out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                               (text[i + 3] - '0'));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool hasOption(const std::string& options, const std::string& wanted) {
  return ("," + options + ",").find("," + wanted + ",") != std::string::npos;
}

}  // namespace

std::vector<Mount> readMounts(const SystemRoots& roots) {
  std::vector<Mount> mounts;
  for (const std::string& line : splitLines(readTextFile(roots.proc + "/self/mountinfo"))) {
    // id parent major:minor root point options [tags...] - type source super-options
    std::istringstream words(line);
    std::string skipped;
    std::string number;
    Mount mount;
    words >> skipped >> skipped >> number >> skipped >> mount.point >> skipped;
    while (words >> skipped && skipped != "-") {
    }
    std::string superOptions;
    words >> mount.type >> mount.source >> superOptions;
    unsigned major = 0;
    unsigned minor = 0;
    if (std::sscanf(number.c_str(), "%u:%u", &major, &minor) != 2) continue;
    mount.device = ::makedev(major, minor);
    mount.point = unescaped(mount.point);
    mount.source = unescaped(mount.source);
    mount.readOnly = hasOption(superOptions, "ro");
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

}  // namespace disktwin
