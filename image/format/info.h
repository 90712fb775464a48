// What an image says about itself, in words. docs/image-format.md, "INFO".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clone/fs/filesystem.h"
#include "clone/plan/plan.h"
#include "image/format/own_frame.h"

namespace disktwin::image {

// What was found on a volume when it was captured.
struct VolumeRecord {
  std::uint32_t partition = 0;
  Extent bytes;  // on the disk
  std::string type;
  std::string label;
  std::string uuid;
  std::string wholeBecause;  // captured whole, for want of a map that can be trusted
  bool ambiguous = false;
  bool opaque = false;
  plan::Role role = plan::Role::Data;
  std::string roleWhy;
  std::optional<fs::VolumeInfo> filesystem;
};

struct ParentName {
  ImageId id{};
  std::string name;  // the file's
  std::string path;  // absolute, at the time
};

struct Info {
  std::string program;  // "disktwin 0.1.0"
  std::string created;  // "2026-11-24T02:00:00Z"
  std::string comment;
  int level = 0;
  std::uint64_t diskSize = 0;    // bytes
  std::uint32_t sectorSize = 0;  // bytes; 0: any
  plan::Endpoint source;         // as it was described
  bool allSectors = false;
  std::vector<std::uint32_t> partitions;  // asked for; empty: all
  bool excludedPageFiles = false;
  std::uint64_t splitAt = 0;  // bytes of a volume; 0: not split
  table::TableKind table = table::TableKind::None;
  std::uint64_t capturedBytes = 0;
  std::optional<ParentName> parent;
  std::vector<VolumeRecord> volumes;
};

Bytes encodeInfo(const Info& info);
// Throws Error(Invalid) with `subject` for anything that is not as specified.
Info decodeInfo(ByteView body, const std::string& subject);

}  // namespace disktwin::image
