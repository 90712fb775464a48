// A volume that only a BlockReader has, as a file that the kernel can be given.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "clone/io/block_reader.h"
#include "platform/error.h"
#include "platform/virtual_file.h"

namespace disktwin::files {

// The file can only be read: what is written to it is an I/O error. The reader is read by another
// thread than the one that made this. Members may be called from any thread.
class ShownVolume {
 public:
  // Why there cannot be one here, as a clause; empty when there can.
  static std::string whyNot() { return VirtualFile::whyNot(); }

  // Throws Error(Failed), with a hint, where FUSE cannot be had.
  explicit ShownVolume(ReaderPtr volume) : content_(std::move(volume)), file_(content_) {}
  // Waits until nobody has the file open: end who has it before.
  ~ShownVolume() = default;

  const std::string& path() const { return file_.path(); }
  // What the reader has thrown last, once; nullopt when nothing since this was asked before.
  std::optional<Error> takeError() { return content_.takeError(); }

 private:
  class Content final : public FileContent {
   public:
    explicit Content(ReaderPtr volume) : volume_(std::move(volume)) {}

    std::uint64_t size() const override { return volume_->size(); }
    void read(std::uint64_t offset, std::span<std::byte> out) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    void zero(Extent range) override;
    std::optional<Error> takeError();

   private:
    [[noreturn]] void refuse(Extent range) const;

    ReaderPtr volume_;
    std::mutex mutex_;
    std::optional<Error> error_;
  };

  Content content_;
  VirtualFile file_;
};

}  // namespace disktwin::files
