// Small disks and their images, for tests.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "image/read/catalog.h"
#include "image/write/capture.h"
#include "tests/support/memory_disk.h"
#include "tests/support/temp_folder.h"

namespace disktwin::image::test {

using disktwin::test::MemoryDisk;
using disktwin::test::TempFolder;

// 6.5 MiB: two partitions of an MBR with text and noise, and much that is empty.
std::vector<std::byte> sampleDisk();

struct Making {
  std::string passphrase;  // encrypted when not empty
  std::string parent;      // incremental when not empty
  std::uint32_t frameBytes = 2U << 20;
  std::uint64_t split = 0;
  bool wholeDisk = false;                      // without a look at its table
  std::function<void(CapturePlan&)> change{};  // what is done to the plan before it is run
};

// Captures the bytes as a disk to `path`.
void makeImage(const std::vector<std::byte>& disk, const std::string& path,
               const Making& making = {});

CatalogBuilder::Ask always(const std::string& passphrase);

std::vector<std::byte> bytesOf(const std::string& path);
void writeBytes(const std::string& path, const std::vector<std::byte>& bytes);

// Everything that `verify` does with a file, and with a stream. Throws Error.
void verifyFile(const std::string& path, const std::string& passphrase = {});
void verifyStream(const std::string& path, const std::string& passphrase = {});

// A whole disk as a reader gives it.
std::vector<std::byte> contentOf(const BlockReader& disk);

}  // namespace disktwin::image::test
