// The files of a volume, as FileTree reads them, for scripts:
//   files_tool VOLUME OFFSET SIZE TYPE list FOLDER      "type name" a line, sorted
//   files_tool VOLUME OFFSET SIZE TYPE cat FILE         its bytes
//   files_tool VOLUME OFFSET SIZE TYPE stat PATH        "type size subvolume"
//   files_tool VOLUME OFFSET SIZE TYPE link PATH        where it leads
//   files_tool VOLUME OFFSET SIZE TYPE extract FOLDER   all files and folders into a new folder
//   files_tool VOLUME OFFSET SIZE TYPE wait             opens it, says so, and waits to be killed
// In front of these:
//   --no-file       as out of an image: through a reader that no file stands behind
//   --bad OFFSET    the same, and reads of that byte of the volume fail
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "clone/files/open.h"
#include "clone/io/file_reader.h"
#include "clone/io/window.h"
#include "platform/error.h"

using namespace disktwin;

namespace {

char letter(NodeType type) {
  switch (type) {
    case NodeType::Regular:
      return 'f';
    case NodeType::Folder:
      return 'd';
    case NodeType::Link:
      return 'l';
    case NodeType::Other:
      break;
  }
  return '?';
}

void cat(files::FileTree& tree, const std::string& path, std::FILE* out) {
  std::vector<std::byte> buffer(300000);
  for (std::uint64_t at = 0;;) {
    const std::size_t got = tree.read(path, at, buffer);
    std::fwrite(buffer.data(), 1, got, out);
    at += got;
    if (got < buffer.size()) return;
  }
}

void extract(files::FileTree& tree, const std::string& folder, const std::string& into) {
  std::filesystem::create_directories(into);
  for (const files::Entry& entry : tree.listSome(folder, 100000)) {
    const std::string path = folder.empty() ? entry.name : folder + "/" + entry.name;
    const std::string there = into + "/" + entry.name;
    if (entry.type == NodeType::Folder) extract(tree, path, there);
    if (entry.type != NodeType::Regular) continue;
    std::FILE* out = std::fopen(there.c_str(), "wb");
    if (!out) throw std::runtime_error("cannot be made: " + there);
    cat(tree, path, out);
    std::fclose(out);
  }
}

// What an image is: bytes that no descriptor leads to, some of them damaged.
class NoFile final : public BlockReader {
 public:
  NoFile(ReaderPtr below, std::optional<std::uint64_t> bad) : below_(std::move(below)), bad_(bad) {}
  std::string name() const override { return below_->name(); }
  std::uint64_t size() const override { return below_->size(); }
  std::uint32_t sectorSize() const override { return below_->sectorSize(); }
  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    if (bad_ && *bad_ >= offset && *bad_ - offset < out.size()) {
      throw Error(ErrorKind::Read, name(), "that byte is bad");
    }
    below_->read(offset, out);
  }

 private:
  ReaderPtr below_;
  std::optional<std::uint64_t> bad_;
};

int run(std::vector<std::string> words) {
  const bool isBad = words.at(0) == "--bad";
  const bool isNoFile = isBad || words.at(0) == "--no-file";
  std::optional<std::uint64_t> bad;
  if (isBad) bad = std::stoull(words.at(1));
  if (isNoFile) words.erase(words.begin(), words.begin() + (isBad ? 2 : 1));
  const auto disk = std::make_shared<FileReader>(File::openRead(words.at(0)));
  const Extent part{std::stoull(words.at(1)),
                    words.at(2) == "-" ? disk->size() : std::stoull(words.at(2))};
  ReaderPtr volume = std::make_shared<Window>(disk, part);
  if (isNoFile) volume = std::make_shared<NoFile>(volume, bad);
  const auto tree = files::openTree(volume, words.at(3));
  const std::string& verb = words.at(4);
  const std::string path = words.size() > 5 ? words[5] : "";
  if (verb == "list") {
    for (const files::Entry& entry : tree->listSome(path, 1000000)) {
      fmt::print("{} {}\n", letter(entry.type), entry.name);
    }
  } else if (verb == "cat") {
    cat(*tree, path, stdout);
  } else if (verb == "stat") {
    const auto info = tree->stat(path);
    if (!info) return 3;
    fmt::print("{} {} {}\n", letter(info->type), info->size, info->subvolume);
  } else if (verb == "link") {
    fmt::print("{}\n", tree->readLink(path));
  } else if (verb == "extract") {
    extract(*tree, "", path);
  } else if (verb == "wait") {
    fmt::print("open\n");
    std::fflush(stdout);
    std::this_thread::sleep_for(std::chrono::hours(1));
  }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  try {
    return run({words + 1, words + count});
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
