#include "cli/image_name.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "clone/plan/endpoint.h"
#include "image/read/chain.h"
#include "image/read/names.h"
#include "image/write/output.h"
#include "platform/error.h"

namespace disktwin::cli {
namespace {

namespace stdfs = std::filesystem;

void refuseOddNames(const std::string& path) {
  std::error_code failed;
  if (image::isVolumeName(path)) {
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

// The new image with everything of that name that it would replace.
std::vector<std::string> namesOf(const std::string& path) {
  std::vector<std::string> names{path, path + ".partial"};
  for (const unsigned number : image::volumesNamed(path)) {
    names.push_back(image::volumeName(path, number));
  }
  return names;
}

// As targets of a disk, in so far as their safety goes. plan::describeTarget() would look into them
// for partitions.
std::vector<plan::Target> targetsAt(const DeviceTree& tree, const std::string& path) {
  std::vector<plan::Target> out;
  std::error_code ignored;
  for (const std::string& name : namesOf(path)) {
    if (!stdfs::exists(name, ignored)) continue;
    static_cast<plan::Endpoint&>(out.emplace_back()) = plan::describeEndpoint(tree, name);
  }
  plan::Target& created = out.emplace_back();
  created.path = created.realPath = path;
  created.isNew = true;
  return out;
}

void refuseTaken(const NewImage& image) {
  // What is no image is never replaced, whoever asks: the words may have been swapped.
  image::refuseForeign(image.path);
  if (image.replace) return;
  std::error_code ignored;
  // A run that ended while it gave the volumes their names has left no image, but a partial.
  const bool taken = stdfs::exists(image.path, ignored) ||
                     image::volumesNamed(image.path) != image::FileOutput::namedEarly(image.path);
  if (taken) {
    throw Error(ErrorKind::Refused, image.path, "an image of that name exists, or a volume of one",
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
  for (const std::string& name : namesOf(path)) {
    std::error_code failed;
    if (!stdfs::equivalent(name, file, failed) || failed) continue;
    throw Error(ErrorKind::Refused, name, fmt::format("is {} itself ({})", what, file),
                "choose another name for the new image");
  }
}

void checkImageName(const DeviceTree& tree, const NewImage& image,
                    const std::vector<std::string>& sources) {
  refuseOddNames(image.path);
  for (const std::string& file : sources) {
    refuseSameFile(image.path, file, "the source");
    const plan::Endpoint source = plan::describeEndpoint(tree, file);
    for (const plan::Target& target : targetsAt(tree, image.path)) {
      plan::refuseShared(tree, source, target);
    }
  }
  refuseTaken(image);
  // What somebody has attached or mounted would be pulled away from under it.
  for (const plan::Target& target : targetsAt(tree, image.path)) plan::refuseTarget(tree, target);
}

}  // namespace disktwin::cli
