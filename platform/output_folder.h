// A folder into which files are put whose names somebody else has chosen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace disktwin {

// Nothing that is made through it lies outside of the folder, whatever the names are and whatever
// links stand in it already: no link is followed on the way, and what exists is not replaced.
// Paths are relative to the folder, parted by '/'. Not thread-safe. Throws Error(Refused) for what
// exists already and for names that lead elsewhere (".."), Error(Write), Error(NoSpace),
// Error(Failed).
class OutputFolder {
 public:
  // Made when it is not there; the folder that it lies in has to be.
  explicit OutputFolder(const std::string& path);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  // A folder that is there already will do; it stays whose it is.
  void makeFolder(const std::string& path);
  // To be called when all is in it.
  void finishFolder(const std::string& path, std::uint32_t mode, std::int64_t modified,
                    std::uint32_t nanos);
  void makeLink(const std::string& path, const std::string& leadsTo);

  // One file at a time: begin, write from front to back, end or drop. One that is not ended is
  // removed.
  void beginFile(const std::string& path);
  void write(std::span<const std::byte> data);
  // Permissions but for set-id bits; seconds and nanoseconds since 1970.
  void endFile(std::uint32_t mode, std::int64_t modified, std::uint32_t nanos);
  void dropFile();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace disktwin
