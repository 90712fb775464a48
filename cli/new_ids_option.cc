#include "cli/new_ids_option.h"

#include <utility>

#include "clone/system/find.h"
#include "clone/system/references.h"
#include "platform/error.h"

namespace disktwin::cli {

void addNewIdsOption(Options& options) {
  options.add_options()("new-ids",
                        "give the copy identifiers of its own (disk, partitions, filesystems) and "
                        "adapt what names them, so that it can stand beside the original");
}

void addNewIds(const Arguments& arguments, const Source& source, const plan::Target& target,
               plan::Request& request, std::vector<std::string>& warnings) {
  if (!arguments.has("new-ids")) return;
  // These are refused by who plans, with the reason.
  request.newIds.emplace();
  if (request.allSectors || request.access != plan::Access::AtRandom ||
      source.survey.layout.kind == table::TableKind::None) {
    return;
  }
  // Roles are for --system: they would change which volumes grow.
  plan::Survey survey = source.survey;
  system::findSystems(survey);
  request.newIds = plan::newIdsFor(survey, source.endpoint, target, request.partitions);
  system::References references = system::adaptReferences(
      survey, *request.newIds, request.partitions, std::move(request.edits));
  request.edits = std::move(references.edits);
  warnings.insert(warnings.end(), references.warnings.begin(), references.warnings.end());
}

std::string aboutIds(const plan::Plan& plan) {
  if (!plan.request.newIds) {
    return "The copy has the same identifiers as the original: before you start from it, take the "
           "original out or switch it off in the firmware.";
  }
  return plan.request.newIds->kept.empty()
             ? "The copy has identifiers of its own: it can be in one machine with the original."
             : "The copy has identifiers of its own but for those that the plan names: while these "
               "are in one machine with the original's, it is a matter of luck which are taken.";
}

}  // namespace disktwin::cli
