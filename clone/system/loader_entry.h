// Entries of the Boot Loader Specification: loader/entries/*.conf.
#pragma once

#include <string>
#include <string_view>

namespace disktwin::system {

struct LoaderEntry {
  std::string title;  // printable
  std::string
      root;  // what the kernel is told to mount: "UUID=...", "/dev/mapper/..."; may be empty
};

LoaderEntry parseLoaderEntry(std::string_view text);

// Whether a file of that name is a kernel: "vmlinuz-6.1.0-9-amd64", "bzImage", "kernel-..."
bool isKernelName(std::string_view name);

}  // namespace disktwin::system
