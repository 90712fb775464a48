// Going on with what an interrupted capture has left.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "image/format/head.h"
#include "image/format/info.h"
#include "image/write/replay.h"

namespace disktwin::cli {

struct ResumeRequest {
  std::string path;           // of the image
  std::uint64_t splitAt = 0;  // bytes of a volume; 0: one file
  bool encrypt = false;
  const image::Head* head = nullptr;        // as it would be, without id and key
  std::function<std::string()> passphrase;  // asked only when it is needed
  std::function<void(const std::string&)> say;
};

// What is there of the image, or null when that is nothing or too little. `info` is what the new
// image would say; it takes over what has to be the same. Throws Error(Refused) when the partial
// was begun with other options, of another source, or with another key.
std::unique_ptr<image::Replay> findPartial(const ResumeRequest& request, image::Info& info);

}  // namespace disktwin::cli
