// Makes a fuzzer's input of a real disk or volume (see tests/fuzz/patched_disk.h): the sectors that
// a parser looks at and that are not zeroes.
//   seed_tool table FILE OUT
//   seed_tool READER FILE OUT      the folder of a filesystem reader, "ext"
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <mutex>
#include <string_view>

#include "clone/fs/registry.h"
#include "clone/io/file_reader.h"
#include "clone/table/layout.h"
#include "platform/error.h"
#include "tests/fuzz/patched_disk.h"

namespace {

using namespace disktwin;

// Remembers what was read.
class Recording final : public BlockReader {
 public:
  explicit Recording(ReaderPtr disk) : disk_(std::move(disk)) {}
  std::string name() const override { return disk_->name(); }
  std::uint64_t size() const override { return disk_->size(); }
  std::uint32_t sectorSize() const override { return disk_->sectorSize(); }
  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    disk_->read(offset, out);
    const std::lock_guard lock(mutex_);
    seen_.add({offset, out.size()});
  }
  ExtentSet seen() const { return seen_.aligned(512, size()); }

 private:
  ReaderPtr disk_;
  mutable std::mutex mutex_;
  mutable ExtentSet seen_;
};

void look(const std::string& parser, const ReaderPtr& disk) {
  if (parser == "table") {
    table::parse(*disk);
    return;
  }
  for (const fs::Registered& reader : fs::readers()) {
    if (reader.folder != parser) continue;
    const auto found = reader.open(disk);
    if (!found) throw Error(ErrorKind::Invalid, disk->name(), "is not recognised");
    found->used();
    found->signatures();
    found->pageFiles();
    return;
  }
  throw Error(ErrorKind::Usage, parser, "no such parser");
}

template <typename T>
void write(std::ofstream& out, const T& value) {
  out.write(reinterpret_cast<const char*>(&value), sizeof value);
}

bool isRun(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [&](std::byte b) { return b == bytes.front(); });
}

// Writes pieces of an input, runs of one byte in short.
class SeedFile {
 public:
  SeedFile(const BlockReader& disk, const std::string& path)
      : disk_(disk), out_(path, std::ios::binary | std::ios::trunc) {
    write(out_, le32(static_cast<std::uint32_t>(disk.size() / 512)));
  }
  ~SeedFile() { endRun(); }

  void add(Extent piece) {
    const auto bytes = readBytes(disk_, piece.offset, static_cast<std::size_t>(piece.length));
    if (isRun(bytes)) {
      addRun(piece, bytes.front());
      return;
    }
    endRun();
    write(out_, test::PatchHead{static_cast<std::uint32_t>(piece.offset / 512),
                                static_cast<std::uint16_t>(bytes.size())});
    out_.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }

 private:
  void addRun(Extent piece, std::byte byte) {
    if (run_.end() != piece.offset || byte != byte_ || run_.length >= test::kLongestRun) {
      endRun();
      run_ = {piece.offset, 0};
      byte_ = byte;
    }
    run_.length += piece.length;
  }
  void endRun() {
    if (run_.length != 0 && byte_ != std::byte{0}) {
      write(out_, test::PatchHead{static_cast<std::uint32_t>(run_.offset / 512), test::kRun});
      write(out_, test::PatchRun{static_cast<std::uint32_t>(run_.length),
                                 static_cast<std::uint8_t>(byte_)});
    }
    run_ = {};
  }

  const BlockReader& disk_;
  std::ofstream out_;
  Extent run_;
  std::byte byte_{};
};

void save(const BlockReader& disk, const ExtentSet& seen, const std::string& path) {
  constexpr std::uint64_t kPiece = 4096;
  SeedFile out(disk, path);
  for (const Extent& extent : seen) {
    for (std::uint64_t at = extent.offset; at < extent.end();) {
      const std::uint64_t end = std::min(roundDown(at, kPiece) + kPiece, extent.end());
      out.add({at, end - at});
      at = end;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  try {
    const auto file = std::make_shared<FileReader>(File::openRead(argv[2]));
    const auto recording = std::make_shared<Recording>(file);
    look(argv[1], recording);
    save(*file, recording->seen(), argv[3]);
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
