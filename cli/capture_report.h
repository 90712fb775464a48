// What a capture says of itself: what it is about to do, and what it has done.
#pragma once

#include <cstdint>
#include <string>

#include "cli/output.h"
#include "image/write/capture.h"

namespace disktwin::cli {

// How it was asked for.
struct CaptureFacts {
  std::string image;  // the path, or "-" for standard output
  int level = image::kDefaultLevel;
  bool encrypted = false;
  bool merge = false;
  bool verified = false;
  std::uint64_t split = 0;  // bytes of a volume; 0: one file
  std::string parent;       // its name; empty: a full image

  bool toStream() const { return image == "-"; }
};

// The `plan` event, and the same for people, with all warnings.
void announceCapture(Output& output, const image::CapturePlan& plan, const CaptureFacts& facts);
// The `done` event, and the same for people, with what to do next.
void reportCapture(Output& output, const image::CapturePlan& plan, const CaptureFacts& facts,
                   const image::Head& head, const image::CaptureResult& result, double seconds);

}  // namespace disktwin::cli
