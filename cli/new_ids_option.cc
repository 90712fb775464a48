#include "cli/new_ids_option.h"

#include <utility>

#include "clone/system/find.h"
#include "clone/system/references.h"
#include "platform/error.h"

namespace disktwin::cli {
namespace {

// Refused by who plans, with the reason.
bool cannotBeAdapted(const Source& source, const plan::Request& request) {
  return request.allSectors || request.access != plan::Access::AtRandom ||
         source.survey.layout.kind == table::TableKind::None;
}

void adapt(const plan::Survey& survey, plan::Request& request, std::vector<std::string>& warnings) {
  system::References references = system::adaptReferences(
      survey, *request.newIds, request.partitions, std::move(request.edits));
  request.edits = std::move(references.edits);
  warnings.insert(warnings.end(), references.warnings.begin(), references.warnings.end());
}

}  // namespace

void addNewIdsOption(Options& options) {
  options.add_options()("new-ids",
                        "give the copy identifiers of its own (disk, partitions, filesystems) and "
                        "adapt what names them, so that it can stand beside the original");
}

void addNewIds(const Arguments& arguments, const Source& source, const plan::Target& target,
               plan::Request& request, std::vector<std::string>& warnings) {
  if (!arguments.has("new-ids")) return;
  request.newIds.emplace();
  if (cannotBeAdapted(source, request)) return;
  plan::Survey survey = source.survey;
  system::findSystems(survey);
  request.newIds = plan::newIdsFor(survey, source.endpoint, target, request.partitions);
  adapt(survey, request, warnings);
}

void expectNewIds(const Arguments& arguments, const Source& source, const Source& copy,
                  plan::Request& request) {
  if (!arguments.has("new-ids")) return;
  request.newIds.emplace();
  if (cannotBeAdapted(source, request)) return;
  plan::Survey survey = source.survey;
  system::findSystems(survey);
  request.newIds = plan::idsOfCopy(survey, copy.survey, request.partitions);
  std::vector<std::string> said;  // when the copy was made
  adapt(survey, request, said);
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
