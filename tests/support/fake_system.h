// A made-up /sys, /proc and /dev in a folder of its own, for stacks of devices that the machine
// that runs the tests does not have.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "platform/device_tree.h"

namespace disktwin::test {

class FakeSystem {
 public:
  FakeSystem() {
    std::string pattern = (std::filesystem::temp_directory_path() / "disktwin-sys.XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    for (const char* folder : {"sys/class/block", "proc/self", "dev", "run/udev/data"}) {
      std::filesystem::create_directories(root_ + "/" + folder);
    }
  }
  ~FakeSystem() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  FakeSystem(const FakeSystem&) = delete;
  FakeSystem& operator=(const FakeSystem&) = delete;

  SystemRoots roots() const {
    return {root_ + "/sys", root_ + "/proc", root_ + "/dev", root_ + "/run"};
  }
  void write(const std::string& path, const std::string& text) {
    const std::string full = root_ + "/" + path;
    std::filesystem::create_directories(std::filesystem::path(full).parent_path());
    std::ofstream(full) << text;
  }
  std::string path(const std::string& name) const { return root_ + "/" + name; }

  // A disk or mapping; size in 512-byte sectors, as sysfs counts.
  void device(const std::string& name, const std::string& number, std::uint64_t sectors) {
    write("sys/class/block/" + name + "/dev", number + "\n");
    write("sys/class/block/" + name + "/size", std::to_string(sectors) + "\n");
  }
  void partition(const std::string& disk, const std::string& name, const std::string& number,
                 int index, std::uint64_t start, std::uint64_t sectors) {
    // As in the real one, the class folder holds links into the folder of the disk.
    const std::string real = "sys/devices/" + disk + "/" + name;
    write(real + "/dev", number + "\n");
    write(real + "/size", std::to_string(sectors) + "\n");
    write(real + "/start", std::to_string(start) + "\n");
    write(real + "/partition", std::to_string(index) + "\n");
    std::filesystem::create_directory_symlink(root_ + "/" + real,
                                              root_ + "/sys/class/block/" + name);
  }
  void mapping(const std::string& name, const std::string& number, std::uint64_t sectors,
               const std::string& dmName, const std::string& uuid, const std::string& slave) {
    device(name, number, sectors);
    write("sys/class/block/" + name + "/dm/name", dmName + "\n");
    write("sys/class/block/" + name + "/dm/uuid", uuid + "\n");
    write("sys/class/block/" + name + "/slaves/" + slave + "/dev", "");
  }

 private:
  std::string root_;
};

}  // namespace disktwin::test
