// What a capture will put into an image.
#pragma once

#include <string>
#include <vector>

#include "clone/plan/plan.h"
#include "clone/plan/survey.h"
#include "image/write/writer.h"

namespace disktwin::image {

struct CaptureRequest {
  plan::Request what;
  bool excludePageFiles = false;
};

// A plan that leaves all at its place, and what the image will say of it. Of `preface.info` the
// caller adds program, created, comment, level and parent.
struct CapturePlan {
  plan::Plan plan;  // its target is the disk inside the image
  Preface preface;
  std::uint64_t leftOut = 0;  // bytes
};

// Throws as plan::planClone() does.
CapturePlan planCapture(const plan::Survey& survey, const plan::Endpoint& source,
                        const CaptureRequest& request);

}  // namespace disktwin::image
