#include <fmt/format.h>

#include "cli/json.h"
#include "cli/passphrase.h"
#include "cli/show_image.h"
#include "cli/source.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "clone/plan/endpoint.h"
#include "clone/system/find.h"
#include "platform/error.h"
#include "platform/size_text.h"

namespace disktwin::cli {
namespace {

// A clone onto something of the same kind and size: what it would copy is what the source holds.
plan::Plan imaginedClone(const plan::Survey& survey, const plan::Endpoint& source) {
  plan::Target twin;
  static_cast<plan::Endpoint&>(twin) = source;
  twin.kind = plan::EndpointKind::Disk;
  twin.isNew = true;
  return plan::planClone(survey, source, twin, {});
}

}  // namespace

void addShowOptions(Options& options) {
  addImageOptions(options);
}

int runShow(const Arguments& arguments, Output& output) {
  const DeviceTree tree = DeviceTree::read();
  const std::string& path = arguments.word(0);
  if (!tree.byPath(path) && image::namesImage(path)) return showImage(arguments, output);
  Passphrase passphrase(arguments, output);
  Source opened = openSource(tree, path, sourceOptions(arguments, passphrase.asker()));
  const plan::Endpoint& source = opened.endpoint;
  plan::Survey& survey = opened.survey;
  system::findSystems(survey);
  nlohmann::json fields = toJson(source);
  fields.update(toJson(survey));
  output.line(fmt::format("{}\n{}\n{}", source.describe(),
                          diskFacts(source.size, source.bus, source.sectorSize, 0),
                          surveyDetails(survey)));
  try {
    const plan::Plan plan = imaginedClone(survey, source);
    fields["clone_bytes"] = plan.bytesToRead;
    fields["warnings"] = plan.warnings;
    output.event("disk", fields);
    output.line(fmt::format("\nA clone would copy {} of {}.", formatSize(plan.bytesToRead),
                            formatSize(source.size)));
    if (!output.json()) {
      for (const std::string& warning : plan.warnings) output.line("  " + warning);
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled) throw;
    fields["not_clonable_because"] = error.what();
    output.event("disk", fields);
    output.line(fmt::format("\nIt cannot be cloned as it is: {}", error.what()));
  }
  output.event("done", {{"exit_code", 0}});
  output.requireDelivered();
  return 0;
}

}  // namespace disktwin::cli
