#include "cli/resume.h"

#include <fmt/format.h>

#include <vector>

#include "image/format/seal.h"
#include "image/read/chain.h"
#include "image/write/output.h"
#include "platform/error.h"

namespace disktwin::cli {
namespace {

[[noreturn]] void refuse(const std::string& path, const char* what) {
  throw Error(ErrorKind::Refused, path + ".partial", fmt::format("was begun with another {}", what),
              "use the same options, or start afresh with --yes and without --resume");
}

bool sameParent(const image::Head& a, const image::Head& b) {
  if (a.parent.has_value() != b.parent.has_value()) return false;
  return !a.parent || (a.parent->id == b.parent->id && a.parent->seal == b.parent->seal);
}

// As it would be read back: what is not UTF-8 is replaced in an image.
image::Info asWritten(const image::Info& info, const std::string& path) {
  return image::decodeInfo(image::encodeInfo(info), path);
}

bool sameSource(const image::Info& was, const image::Info& is) {
  const bool hardware = !is.source.serial.empty() || !is.source.wwn.empty();
  return was.diskSize == is.diskSize && was.source.serial == is.source.serial &&
         was.source.wwn == is.source.wwn && (hardware || was.source.path == is.source.path);
}

void compare(const std::string& path, const image::Info& was, const image::Info& is,
             const image::Head& headWas, const image::Head& headIs) {
  if (was.level != is.level || headWas.frameBytes != headIs.frameBytes) refuse(path, "--level");
  if (was.splitAt != is.splitAt) refuse(path, "--split");
  if (was.comment != is.comment) refuse(path, "--comment");
  if (was.partitions != is.partitions) refuse(path, "--partitions");
  if (was.allSectors != is.allSectors) refuse(path, "--all-sectors");
  if (was.excludedPageFiles != is.excludedPageFiles) refuse(path, "--exclude-page-files");
  if (!sameParent(headWas, headIs)) refuse(path, "--parent");
  if (!sameSource(was, is)) refuse(path, "source");
}

// So little that only a run that was stopped at once can have left it.
bool isTiny(const std::vector<std::string>& files) {
  constexpr std::uint64_t kTiny = 64 * KiB;
  const image::ImageBytes bytes(files.front(), files);
  if (bytes.size() == 0) return true;
  return bytes.size() < kTiny && image::looksOwn(bytes.readAt(0, std::min(bytes.size(), kTiny)));
}

std::unique_ptr<image::Replay> scan(const ResumeRequest& request,
                                    const std::vector<std::string>& files) {
  const std::optional<image::Head> there = image::peekHead(files.front());
  if (!there) return nullptr;
  if (there->encrypted() != request.encrypt) refuse(request.path, "--encrypt");
  // What is only in the cache may never have reached the medium.
  for (const std::string& file : files) File::openRead(file).dropCaches();
  const auto bytes = std::make_shared<image::ImageBytes>(files.front(), files);
  if (!request.encrypt) return image::Replay::scan(bytes, nullptr);
  std::string secret = request.passphrase();
  std::unique_ptr<image::Replay> out = image::Replay::scan(bytes, &secret);
  image::forget(secret);
  return out;
}

}  // namespace

std::unique_ptr<image::Replay> findPartial(const ResumeRequest& request, image::Info& info) {
  const std::vector<std::string> files =
      image::FileOutput::leftOf(request.path, request.splitAt != 0);
  if (files.empty()) {
    if (!image::FileOutput::partialsOf(request.path, request.splitAt == 0).empty()) {
      refuse(request.path, "--split");
    }
    request.say("There is nothing to go on with: starting afresh.");
    return nullptr;
  }
  std::unique_ptr<image::Replay> out = scan(request, files);
  if (!out || !out->info()) {
    if (!isTiny(files)) {
      throw Error(ErrorKind::Refused, files.front(),
                  "is no partial image, or its beginning is damaged",
                  "remove it, or start afresh with --yes and without --resume");
    }
    request.say("What was left is too little to go on with: starting afresh.");
    if (request.splitAt != 0) image::FileOutput::takeBack(request.path);
    return nullptr;
  }
  const image::Info& was = *out->info();
  compare(request.path, was, asWritten(info, request.path), out->head(), *request.head);
  // Only now: whoever is refused finds all as it was.
  if (request.splitAt != 0) image::FileOutput::takeBack(request.path);
  // So that the same frames come out.
  info.program = was.program;
  info.created = was.created;
  info.source = was.source;
  if (info.parent) info.parent = was.parent;
  return out;
}

}  // namespace disktwin::cli
