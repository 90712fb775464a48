// Where an image is written to: files that have their name only when all is done, or a pipe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

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

// Writes NAME.partial (or NAME.001.partial and so on), renamed at the end. What is left over when
// the work ends early stays, to be resumed.
class FileOutput final : public Output {
 public:
  // `splitAt`: bytes of a volume; 0: one file. A partial that is there is gone on with (`resume`)
  // or replaced.
  FileOutput(std::string path, std::uint64_t splitAt, bool resume);

  bool needsNextVolume(std::uint64_t bytes) const override;
  void nextVolume() override;
  void write(ByteView frame) override;
  void skip(std::uint64_t bytes) override;
  void cut() override;
  void finish() override;

  // The partial's files of an image at `path`, in order; empty when there are none.
  static std::vector<std::string> partialsOf(const std::string& path, bool split);
  static void removePartials(const std::string& path);
  // How the partial is called that a message speaks of.
  std::string partialName() const { return nameOf(1) + ".partial"; }

 private:
  std::string nameOf(unsigned volume) const;
  void openVolume();
  void removeOld();

  const std::string path_;
  const std::uint64_t splitAt_;
  std::optional<File> file_;
  std::uint64_t volumeBegan_ = 0;  // position
};

}  // namespace disktwin::image
