#include "cli/system_option.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "clone/plan/regions.h"
#include "clone/system/find.h"
#include "clone/system/left_behind.h"
#include "platform/error.h"
#include "platform/terminal.h"

namespace disktwin::cli {
namespace {

std::string listOf(const std::vector<plan::System>& systems) {
  std::string out;
  for (const plan::System& system : systems) {
    out += fmt::format("{}{}: {} on {}", out.empty() ? "" : ", ", system.number, system.name,
                       system.where);
  }
  return out;
}

const plan::System* numbered(const std::vector<plan::System>& systems, const std::string& text) {
  unsigned number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return nullptr;
  const auto found = std::ranges::find(systems, number, &plan::System::number);
  return found == systems.end() ? nullptr : &*found;
}

const plan::System& choose(const plan::Survey& survey, const Arguments& arguments, bool mayAsk) {
  const std::vector<plan::System>& systems = survey.systems;
  if (systems.empty()) {
    throw Error(ErrorKind::Refused, survey.disk->name(), "no operating system was found on it",
                "look at it with `disktwin show`, and name the partitions with --partitions");
  }
  std::string wanted = arguments.text("os");
  if (wanted.empty() && systems.size() == 1) return systems.front();
  if (wanted.empty() && mayAsk) {
    std::string question = "There are several systems on this disk:\n";
    for (const plan::System& system : systems) {
      question += fmt::format("  {}  {}, on {}\n", system.number, system.name, system.where);
    }
    wanted = askOnTerminal(question + "Type the number of the one to copy: ").value_or("");
  }
  if (const plan::System* found = numbered(systems, wanted)) return *found;
  throw Error(ErrorKind::Usage, wanted.empty() ? "--system" : fmt::format("--os {}", wanted),
              wanted.empty() ? "there are several systems on this disk" : "there is no such system",
              fmt::format("name one with --os ({})", listOf(systems)));
}

// Whoever starts the copy without the old disk has to know.
void prepareFstab(const plan::Survey& survey, const plan::System& system, bool canEdit,
                  Chosen& chosen, std::vector<std::string>& warnings) {
  const bool isAll = std::ranges::all_of(survey.volumes, [&](const plan::Volume& volume) {
    return chosen.partitions.contains(volume.partition);
  });
  if (system.kind != plan::SystemKind::Linux || isAll) return;
  system::Absent absent = system::absentOf(survey, system, chosen.partitions);
  if (absent.whyNot.empty() && absent.edits.empty()) return;
  std::string why = absent.whyNot;
  if (why.empty() && !canEdit) why = "an image holds what the disk holds";
  if (why.empty()) {
    chosen.edits[absent.partition] = std::move(absent.edits);
    return;
  }
  const std::string what = absent.points.empty() ? "may name what is left behind"
                                                 : fmt::format("names what is left behind ({})",
                                                               fmt::join(absent.points, ", "));
  warnings.push_back(
      fmt::format("{}: its fstab or crypttab {}, and cannot be changed on the way: {}. Unless "
                  "those lines say nofail, the "
                  "copy does not start without the old disk.",
                  system.name, what, why));
}

void checkOptions(const Source& source, const Arguments& arguments) {
  if (arguments.has("partitions") || arguments.has("all-sectors")) {
    throw Error(ErrorKind::Usage, "--system",
                "chooses partitions, as --partitions and --all-sectors do",
                "leave one of them out");
  }
  if (source.survey.layout.kind == table::TableKind::None) {
    throw Error(ErrorKind::Usage, source.endpoint.path, "has no partition table",
                "leave out --system");
  }
  if (!source.isReadAtRandom()) {
    throw Error(ErrorKind::Usage, source.endpoint.path,
                "cannot be searched for systems, since it is a stream or damaged",
                "save it to a file first, or name the partitions with --partitions");
  }
}

}  // namespace

void addSystemOptions(Options& options) {
  namespace po = boost::program_options;
  options.add_options()("system",
                        "boot and system partitions only; user data stays behind (see what `show` "
                        "says of each partition)")(
      "os", po::value<std::string>()->value_name("N"),
      "with --system, where several systems are on the disk: the one with this number");
}

Chosen partitionsAskedFor(Source& source, const Arguments& arguments, bool mayAsk, bool canEdit,
                          std::vector<std::string>& warnings) {
  if (!arguments.has("system")) {
    if (!arguments.has("os")) return {arguments.numbers("partitions"), {}};
    throw Error(ErrorKind::Usage, "--os", "names a system for --system", "add --system");
  }
  checkOptions(source, arguments);
  plan::Survey& survey = source.survey;
  system::findSystems(survey);
  const plan::System& system = choose(survey, arguments, mayAsk);
  Chosen out;
  for (const plan::SystemPartition& own : system.partitions) out.partitions.insert(own.partition);
  for (const plan::Volume& volume : survey.volumes) {
    if (volume.role != plan::Role::Unknown) continue;
    out.partitions.insert(volume.partition);
    warnings.push_back(fmt::format("{}: nobody can tell what it is for ({}), so it is copied too.",
                                   plan::volumeName(volume), volume.roleWhy));
  }
  std::string left;
  for (const plan::Volume& volume : survey.volumes) {
    if (out.partitions.contains(volume.partition)) continue;
    left += (left.empty() ? "" : ", ") + plan::volumeName(volume);
  }
  warnings.push_back(fmt::format("{} is copied, and what it needs; left behind: {}.", system.name,
                                 left.empty() ? "nothing" : left));
  prepareFstab(survey, system, canEdit, out, warnings);
  return out;
}

}  // namespace disktwin::cli
