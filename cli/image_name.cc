#include "cli/image_name.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "clone/plan/endpoint.h"
#include "image/read/names.h"
#include "image/write/output.h"
#include "platform/error.h"

namespace disktwin::cli {
namespace {

namespace stdfs = std::filesystem;

void refuseOddNames(const std::string& path) {
  std::error_code failed;
  if (image::baseName(path) != path) {
    throw Error(ErrorKind::Usage, path, "is the name of a volume, expected that of an image",
                "leave the number out; --split adds it");
  }
  if (stdfs::exists(path, failed) && !stdfs::is_regular_file(path, failed)) {
    throw Error(ErrorKind::Refused, path, "is no regular file, expected the name of an image");
  }
  const stdfs::path folder = stdfs::absolute(path, failed).parent_path();
  if (!stdfs::is_directory(folder, failed)) {
    throw Error(ErrorKind::Failed, path,
                fmt::format("the folder {} does not exist", folder.string()),
                "make it first, or choose another place");
  }
}

// plan::describeTarget() would take an image that is replaced for a disk.
plan::Target targetAt(const DeviceTree& tree, const std::string& path) {
  std::string name = path + ".new";
  std::error_code ignored;
  while (stdfs::exists(name, ignored)) name += "_";
  plan::Target target = plan::describeTarget(tree, name, 0);
  target.path = path;
  return target;
}

void refuseTaken(const NewImage& image) {
  if (image.replace) return;
  if (image::anythingNamed(image.path)) {
    throw Error(ErrorKind::Refused, image.path, "exists",
                "choose another name, or replace it with --yes");
  }
  const bool partial = !image::FileOutput::partialsOf(image.path, false).empty() ||
                       !image::FileOutput::partialsOf(image.path, true).empty();
  if (partial && !image.resume) {
    throw Error(ErrorKind::Refused, image.path + ".partial", "an unfinished image is there",
                "go on with it with --resume, or replace it with --yes");
  }
}

}  // namespace

void refuseSameFile(const std::string& path, const std::string& file, const char* what) {
  std::vector<std::string> names{path, path + ".partial"};
  for (const unsigned number : image::volumesNamed(path)) {
    names.push_back(image::volumeName(path, number));
  }
  for (const std::string& name : names) {
    std::error_code failed;
    if (!stdfs::equivalent(name, file, failed) || failed) continue;
    throw Error(ErrorKind::Refused, name, fmt::format("is {} itself ({})", what, file),
                "choose another name for the new image");
  }
}

void checkImageName(const DeviceTree& tree, const NewImage& image,
                    const std::vector<std::string>& sources) {
  refuseOddNames(image.path);
  const plan::Target target = targetAt(tree, image.path);
  for (const std::string& file : sources) refuseSameFile(image.path, file, "the source");
  for (const std::string& file : sources) {
    plan::refuseShared(tree, plan::describeEndpoint(tree, file), target);
  }
  refuseTaken(image);
}

}  // namespace disktwin::cli
