// A disk, partition or regular file as a BlockTarget.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "clone/io/block_target.h"
#include "clone/io/file_reader.h"
#include "platform/file.h"

namespace disktwin {

class FileTarget final : public BlockTarget {
 public:
  explicit FileTarget(File file) : file_(std::move(file)) {}

  std::string name() const override { return file_.path(); }
  std::uint64_t size() const override { return file_.size(); }
  void write(std::uint64_t offset, std::span<const std::byte> data) override {
    file_.writeAt(offset, data);
  }
  void zero(Extent range) override { file_.zeroRange(range); }
  void flush() override { file_.flush(); }
  ReaderPtr readBack() override {
    file_.dropCaches();
    return std::make_shared<FileReader>(File::openRead(file_.path()));
  }

  const File& file() const { return file_; }

 private:
  File file_;
};

}  // namespace disktwin
