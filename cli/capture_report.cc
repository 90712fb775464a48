#include "cli/capture_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/json.h"
#include "cli/text.h"
#include "image/read/names.h"
#include "platform/size_text.h"

namespace disktwin::cli {

void announceCapture(Output& output, const image::CapturePlan& captured,
                     const CaptureFacts& facts) {
  const plan::Plan& plan = captured.plan;
  nlohmann::json fields = toJson(plan);
  fields.erase("target");
  fields["image"] = {{"path", facts.image},
                     {"level", facts.level},
                     {"encrypted", facts.encrypted},
                     {"incremental", !facts.parent.empty()},
                     {"bytes_left_out", captured.leftOut}};
  output.event("plan", std::move(fields));
  std::string how = fmt::format("level {}", facts.level);
  if (facts.encrypted) how += ", encrypted";
  if (!facts.parent.empty()) how += fmt::format(", only what differs from {}", facts.parent);
  output.line(
      fmt::format("{} {}\n      {}\n   to {} ({})\n\nRanges (from and to are byte "
                  "offsets on the disk)\n{}\n\nTo save: {}{}",
                  facts.merge ? "Merge" : "Save", plan.source.describe(),
                  diskFacts(plan.source.size, plan.source.bus, plan.source.sectorSize, 0),
                  facts.toStream() ? "standard output" : facts.image, how, rangeLines(plan),
                  formatSizeExactly(plan.bytesToWrite),
                  captured.leftOut == 0
                      ? ""
                      : fmt::format("\nLeft out: {} of page files", formatSize(captured.leftOut))));
  for (const std::string& warning : plan.warnings) output.warn(warning);
}

void reportCapture(Output& output, const image::CapturePlan& captured, const CaptureFacts& facts,
                   const image::Head& head, const image::CaptureResult& result, double seconds) {
  const std::uint64_t saved = captured.plan.bytesToWrite;
  output.event("done", {{"exit_code", 0},
                        {"image_id", image::toString(head.id)},
                        {"image_bytes", result.imageBytes},
                        {"bytes_captured", saved},
                        {"bytes_stored", result.presentBytes},
                        {"bytes_resumed", result.replayedBytes},
                        {"parent_id", head.parent ? image::toString(head.parent->id) : ""},
                        {"verified", facts.verified},
                        {"seconds", seconds}});
  const double rate = seconds > 0 ? static_cast<double>(saved) / seconds : 0;
  std::string resumed;
  if (result.replayedBytes != 0) {
    resumed = fmt::format(", {} of them from the earlier run", formatSize(result.replayedBytes));
  }
  output.line(fmt::format("\nDone: {} saved in {}{}{}, {:.1f} s ({}/s).", formatSize(saved),
                          formatSize(result.imageBytes), resumed,
                          facts.verified ? ", read back and verified" : "", seconds,
                          formatSize(static_cast<std::uint64_t>(rate))));
  if (!facts.toStream()) {
    if (!facts.parent.empty()) {
      output.line(fmt::format(
          "It cannot be restored without {} and what that builds on: keep them.", facts.parent));
    }
    if (facts.verified) return;
    output.line(fmt::format("`disktwin verify {}` reads it back and checks everything.",
                            facts.split != 0 ? image::volumeName(facts.image, 1) : facts.image));
  }
}

}  // namespace disktwin::cli
