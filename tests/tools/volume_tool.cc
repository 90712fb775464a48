// What a filesystem reader says of a volume, for the test scripts:
//   volume_tool info FILE          type, label, uuid, block size, size, used, state, warnings, notes
//   volume_tool map FILE           "offset length" a line; exit 3 and the reason when not complete
//   volume_tool signatures FILE    "offset length" a line
//   volume_tool pagefiles FILE     "offset length" a line
//   volume_tool copy FILE TARGET   copies what the map says into an existing file, nothing else
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include "clone/fs/registry.h"
#include "clone/io/file_reader.h"
#include "platform/error.h"

using namespace disktwin;

namespace {

void print(const ExtentSet& extents) {
  for (const Extent& extent : extents) fmt::print("{} {}\n", extent.offset, extent.length);
}

void printInfo(const fs::VolumeInfo& info) {
  fmt::print("type {}\nlabel {}\nuuid {}\nblock {}\nsize {}\nused {}\nstate {}\n", info.type,
             info.label, info.uuid, info.blockSize, info.size, info.used,
             fs::stateName(info.state));
  for (const std::string& text : info.warnings) fmt::print("warning {}\n", text);
  for (const std::string& note : info.notes) fmt::print("note {}\n", note);
}

int run(const std::string& verb, const std::string& path, const std::string& target) {
  auto reader = std::make_shared<FileReader>(File::openRead(path));
  const fs::Recognised found = fs::recognise(reader);
  if (!found.fs) {
    fmt::print(stderr, "{}: {} readers claim it\n", path, found.ambiguous.size());
    return 1;
  }
  if (verb == "info") {
    printInfo(found.fs->info());
    return 0;
  }
  if (verb == "signatures") {
    print(found.fs->signatures());
    return 0;
  }
  if (verb == "pagefiles") {
    print(found.fs->pageFiles());
    return 0;
  }
  const fs::UsedMap map = found.fs->used();
  if (!map.whyWhole.empty()) fmt::print(stderr, "whole: {}\n", map.whyWhole);
  if (verb == "map") print(map.extents);
  if (verb == "copy") {
    File out = File::openWrite(target);
    for (const Extent& extent : map.extents) {
      for (std::uint64_t at = extent.offset; at < extent.end(); at += MiB) {
        const auto part = static_cast<std::size_t>(std::min(MiB, extent.end() - at));
        out.writeAt(at, readBytes(*reader, at, part));
      }
    }
    out.flush();
  }
  return map.whyWhole.empty() ? 0 : 3;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  try {
    return run(argv[1], argv[2], argc > 3 ? argv[3] : "");
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
