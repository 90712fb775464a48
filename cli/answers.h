// Whoever started the program with --json and speaks to it.
#pragma once

#include <optional>
#include <string>

namespace disktwin::cli {

// To be used by the main thread.
class Answers {
 public:
  virtual ~Answers() = default;
  // Asks for the passphrase of an image and waits; `attempt` counts from 1. nullopt when nobody is
  // there, or the last one has gone. Whoever takes it wipes it (image::forget). Throws
  // Error(Cancelled).
  virtual std::optional<std::string> passphrase(const std::string& image, bool isNew,
                                                unsigned attempt) = 0;
};

}  // namespace disktwin::cli
