#include "cli/show_image.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/json.h"
#include "cli/passphrase.h"
#include "cli/source.h"
#include "cli/text.h"
#include "clone/system/find.h"
#include "image/read/names.h"
#include "platform/error.h"
#include "platform/printable.h"
#include "platform/size_text.h"

namespace disktwin::cli {
namespace {

std::uint64_t sizeOf(const std::vector<std::string>& files) {
  std::uint64_t size = 0;
  for (const std::string& file : files) size += File::openRead(file).size();
  return size;
}

nlohmann::json headJson(const image::Head& head) {
  nlohmann::json out{{"id", image::toString(head.id)},
                     {"encrypted", head.encrypted()},
                     {"incremental", head.incremental()}};
  if (head.parent) out["parent_id"] = image::toString(head.parent->id);
  return out;
}

// What everybody may know.
int showLocked(const std::string& path, const image::Head& head, Output& output) {
  const std::vector<std::string> files = image::filesOf(path);
  nlohmann::json fields = headJson(head);
  fields["path"] = path;
  fields["file_bytes"] = sizeOf(files);
  fields["volumes"] = files.size();
  fields["locked"] = true;
  output.event("image", std::move(fields));
  output.line(
      fmt::format("{}\nImage {}, {}, {} in {} file{}\nEncrypted: what is in it shows only with "
                  "the passphrase (--passphrase-file).",
                  path, image::toString(head.id), head.parent ? "incremental" : "full",
                  formatSize(sizeOf(files)), files.size(), files.size() == 1 ? "" : "s"));
  if (head.parent) {
    output.line(fmt::format("It builds on the image {}.", image::toString(head.parent->id)));
  }
  return 0;
}

std::string requestOf(const image::Info& info) {
  std::string out;
  if (info.allSectors) out += ", unused space too";
  if (!info.partitions.empty())
    out += fmt::format(", partitions {} only", fmt::join(info.partitions, ", "));
  if (info.excludedPageFiles) out += ", without page files";
  return out;
}

std::string facts(const image::OpenImage& image, std::uint64_t fileBytes) {
  const image::Info& info = image.catalog().info;
  const image::Foot& foot = image.foot();
  // Chunks of 1 MiB are stored whole, so they may be more than what was to be saved.
  const std::uint64_t saved = std::min(info.capturedBytes, foot.presentBytes);
  const double ratio =
      fileBytes == 0 ? 0 : static_cast<double>(saved) / static_cast<double>(fileBytes);
  std::string out =
      fmt::format("Image {}, {}{}, level {}{}\n", image::toString(image.head().id),
                  image.head().incremental() ? "incremental" : "full",
                  image.head().encrypted() ? ", encrypted" : "", info.level, requestOf(info));
  out += fmt::format("Made {} by {}\n", printable(info.created), printable(info.program));
  const plan::Endpoint& source = info.source;
  out += fmt::format("From {}\n", printable(source.describe()));
  if (!info.comment.empty()) out += fmt::format("Comment: {}\n", printable(info.comment));
  out += fmt::format("Disk of {}\n", diskFacts(info.diskSize, source.bus, info.sectorSize, 0));
  out += fmt::format(
      "{} saved{}, in {} ({:.2f} : 1), {} file{}", formatSize(info.capturedBytes),
      image.head().incremental() ? fmt::format(", of which {} had changed", formatSize(saved)) : "",
      formatSize(fileBytes), ratio, foot.volumes, foot.volumes == 1 ? "" : "s");
  if (info.parent) {
    out += fmt::format("\nBuilds on {} (id {})", printable(info.parent->name),
                       image::toString(info.parent->id));
  }
  return out;
}

nlohmann::json infoJson(const image::OpenImage& image, std::uint64_t fileBytes) {
  const image::Info& info = image.catalog().info;
  nlohmann::json out = headJson(image.head());
  out["file_bytes"] = fileBytes;
  out["volumes"] = image.foot().volumes;
  out["locked"] = false;
  out["created"] = info.created;
  out["program"] = info.program;
  out["comment"] = info.comment;
  out["level"] = info.level;
  out["source"] = toJson(info.source);
  out["disk_size"] = info.diskSize;
  out["bytes_captured"] = info.capturedBytes;
  out["bytes_stored"] = image.foot().presentBytes;
  out["bytes_left_out"] = image.catalog().leftOut().bytes();
  out["all_sectors"] = info.allSectors;
  out["partitions_asked_for"] = info.partitions;
  out["page_files_excluded"] = info.excludedPageFiles;
  if (info.parent) {
    out["parent_name"] = info.parent->name;
    out["parent_path"] = info.parent->path;
  }
  return out;
}

// A disk of the right size of which nothing is read: what is shown was recorded.
class Unread final : public BlockReader {
 public:
  explicit Unread(const image::Catalog& catalog) : catalog_(catalog) {}
  std::string name() const override { return catalog_.name; }
  std::uint64_t size() const override { return catalog_.info.diskSize; }
  std::uint32_t sectorSize() const override { return 512; }
  void read(std::uint64_t, std::span<std::byte> out) const override {
    std::fill(out.begin(), out.end(), std::byte{0});
  }

 private:
  const image::Catalog& catalog_;
};

// To look for systems, files are read, and so the parents are needed as well; without them what was
// recorded is shown. `unsought` then says why.
plan::Survey surveyWithSystems(const image::OpenImage& image, const Arguments& arguments,
                               Passphrase& passphrase, std::string& unsought) {
  const SourceOptions options = sourceOptions(arguments, passphrase.asker());
  try {
    const image::ChainOptions chain{options.passphrase, options.parents, nullptr};
    plan::Survey survey =
        image::surveyOf(image.catalog(), image::openChain(arguments.word(0), chain));
    system::findSystems(survey);
    return survey;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled) throw;
    unsought = error.what();
  }
  return image::surveyOf(image.catalog(), std::make_shared<Unread>(image.catalog()));
}

}  // namespace

int showImage(const Arguments& arguments, Output& output) {
  const std::string& path = arguments.word(0);
  const std::optional<image::Head> head = image::peekHead(path);
  Passphrase passphrase(arguments, output);
  if (head && head->encrypted() && !passphrase.isGiven(path)) {
    showLocked(path, *head, output);
  } else {
    const auto image = image::OpenImage::open(path, passphrase.asker());
    const std::uint64_t fileBytes = image->bytes()->size();
    std::string unsought;
    const plan::Survey survey = surveyWithSystems(*image, arguments, passphrase, unsought);
    nlohmann::json fields = infoJson(*image, fileBytes);
    fields["path"] = path;
    fields.update(toJson(survey));
    output.event("image", std::move(fields));
    output.line(fmt::format("{}\n{}\n{}", path, facts(*image, fileBytes), surveyDetails(survey)));
    if (!unsought.empty()) {
      output.line(fmt::format("\nNobody looked for systems in it: {}", unsought));
    }
  }
  output.event("done", {{"exit_code", 0}});
  output.requireDelivered();
  return 0;
}

}  // namespace disktwin::cli
