// Where an image is written to: files that have their name only when all is done, or a pipe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "image/format/own_frame.h"
#include "platform/file.h"

namespace disktwin::image {

// Takes whole frames, one after another. Not thread-safe. Throws Error(Write) and Error(NoSpace).
class Output {
 public:
  virtual ~Output() = default;
  std::uint64_t position() const { return position_; }
  unsigned volume() const { return volume_; }  // from 1

  // Whether a frame of that size has to go into the next volume.
  virtual bool needsNextVolume(std::uint64_t) const { return false; }
  virtual void nextVolume() {}
  virtual void write(ByteView frame) = 0;
  // Passes over a frame that is there already.
  virtual void skip(std::uint64_t bytes);
  // Cuts off all that lies behind the position.
  virtual void cut() {}
  // All is on the medium and has its name when this returns.
  virtual void finish() = 0;

 protected:
  std::uint64_t position_ = 0;
  unsigned volume_ = 1;
};

class StandardOutput final : public Output {
 public:
  void write(ByteView frame) override;
  void finish() override;
};

// Keeps other runs off the partials of an image, as long as it lives. Throws Error(Refused) when
// one is being written right now.
class PartialLock {
 public:
  explicit PartialLock(const std::string& path);

 private:
  std::vector<File> files_;
};

// More volumes have names that no longer sort by their numbers.
inline constexpr unsigned kMostVolumes = 999;

struct FileOptions {
  std::uint64_t splitAt = 0;  // bytes of a volume; 0: one file
  bool resume = false;        // a partial that is there is gone on with; otherwise it is removed
  bool replace = false;       // an image of that name is replaced
};

// Writes NAME.partial (or NAME.001.partial and so on), renamed at the end. What is left over when
// the work ends early stays, to be resumed. Other runs are to be kept off by a PartialLock made
// before.
class FileOutput final : public Output {
 public:
  FileOutput(std::string path, const FileOptions& options);

  bool needsNextVolume(std::uint64_t bytes) const override;
  void nextVolume() override;
  void write(ByteView frame) override;
  void skip(std::uint64_t bytes) override;
  void cut() override;
  void finish() override;

  // The partial's files of an image at `path`, ascending; empty when there are none.
  static std::vector<std::string> partialsOf(const std::string& path, bool split);
  // The volumes that have their names already, ascending, of an image whose first still is a
  // partial: names are given from the last to the first, and a run may end in between.
  static std::vector<unsigned> namedEarly(const std::string& path);
  // Both, as one image: what an interrupted run has left.
  static std::vector<std::string> leftOf(const std::string& path, bool split);
  // Makes partials of them again, so that the image can be resumed. Under a PartialLock.
  static void takeBack(const std::string& path);

 private:
  std::string nameOf(unsigned volume) const;
  void openVolume();
  void endVolume();
  void removeOld();

  const std::string path_;
  const FileOptions options_;
  std::optional<File> file_;
  std::optional<File> lock_;       // the first volume, when this run has created it
  bool resuming_;                  // what follows the position is left of an earlier run
  std::uint64_t volumeBegan_ = 0;  // position
};

}  // namespace disktwin::image
