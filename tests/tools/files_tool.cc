// The files of a volume, as FileTree reads them, for scripts:
//   files_tool VOLUME OFFSET SIZE TYPE list FOLDER      "type name" a line, sorted
//   files_tool VOLUME OFFSET SIZE TYPE cat FILE         its bytes
//   files_tool VOLUME OFFSET SIZE TYPE stat PATH        "type size subvolume"
//   files_tool VOLUME OFFSET SIZE TYPE link PATH        where it leads
//   files_tool VOLUME OFFSET SIZE TYPE extract FOLDER   all files and folders into a new folder
//   files_tool VOLUME OFFSET SIZE TYPE wait             opens it, says so, and waits to be killed
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
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

int run(const std::vector<std::string>& words) {
  const auto disk = std::make_shared<FileReader>(File::openRead(words.at(0)));
  const Extent part{std::stoull(words.at(1)),
                    words.at(2) == "-" ? disk->size() : std::stoull(words.at(2))};
  const auto tree = files::openTree(std::make_shared<Window>(disk, part), words.at(3));
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
