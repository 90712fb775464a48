#include "clone/system/windows_version.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

#include "platform/printable.h"

namespace disktwin::system {
namespace {

constexpr std::string_view kKey = "Microsoft\\Windows NT\\CurrentVersion";
// From this build on it is Windows 11, but its ProductName still says 10.
constexpr unsigned long kFirstBuildOf11 = 22000;

}  // namespace

std::string WindowsVersion::title() const {
  constexpr std::string_view kTen = "Windows 10";
  std::string out = product.empty() ? "Windows" : product;
  if (out.starts_with(kTen) && std::strtoul(build.c_str(), nullptr, 10) >= kFirstBuildOf11) {
    out.replace(0, kTen.size(), "Windows 11");
  }
  if (!release.empty()) out += " " + release;
  if (!build.empty()) out += fmt::format(" (build {})", build);
  return out;
}

std::string WindowsVersion::full() const {
  if (version.empty() || build.empty()) return version;
  return version + "." + build;
}

WindowsVersion readWindowsVersion(Hive& software) {
  WindowsVersion out;
  const auto key = software.find(kKey);
  if (!key) return out;
  const auto text = [&](std::string_view name) {
    return printable(software.text(*key, name).value_or("").substr(0, 128));
  };
  out.product = text("ProductName");
  out.build = text("CurrentBuild");
  if (out.build.empty()) out.build = text("CurrentBuildNumber");
  out.release = text("DisplayVersion");
  if (out.release.empty()) out.release = text("ReleaseId");
  if (out.release.empty()) out.release = text("CSDVersion");
  const auto major = software.number(*key, "CurrentMajorVersionNumber");
  const auto minor = software.number(*key, "CurrentMinorVersionNumber");
  out.version = major ? fmt::format("{}.{}", *major, minor.value_or(0)) : text("CurrentVersion");
  return out;
}

}  // namespace disktwin::system
