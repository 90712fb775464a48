#include "cli/job/job.h"

#include <ctime>
#include <exception>
#include <filesystem>
#include <string_view>

#include "platform/privileges.h"
#include "platform/standard_streams.h"

namespace disktwin::cli {
namespace {

// Not when the disk comes from there, or the passphrase.
bool hearsStandardInput(const Verb& verb, const Arguments& arguments) {
  if (!standardInputIsChannel() || isStandardInput(arguments.text("passphrase-file"))) return false;
  const bool secondIsRead = std::string_view(verb.name) == "compare";
  for (std::size_t i = 0; i < arguments.words().size(); ++i) {
    const std::string& word = arguments.word(i);
    if (isStandardInput(word) || (word == "-" && (i == 0 || secondIsRead))) return false;
  }
  return true;
}

nlohmann::json aboutRun(const std::vector<std::string>& words) {
  std::error_code ignored;
  return {{"arguments", words},
          {"folder", std::filesystem::current_path(ignored).string()},
          {"pid", processId()},
          {"time", timeText(std::time(nullptr))}};
}

}  // namespace

Job::~Job() {
  control_.reset();
  output_.setAnswers(nullptr);
  output_.keepIn(nullptr);
}

void Job::openRecord(const RecordPlace& place) {
  record_ = std::make_unique<Record>(place);
  output_.keepIn(record_.get());
}

void Job::begin(const Verb& verb, const Arguments& arguments,
                const std::vector<std::string>& words) {
  nlohmann::json start{
      {"protocol", kProtocolVersion}, {"version", DISKTWIN_VERSION}, {"verb", verb.name}};
  std::string why;
  std::uint32_t owner = userId();
  if (output_.json() && verb.isJob && !arguments.has("dry-run") && !arguments.has("no-record")) {
    start.update(aboutRun(words));
    const std::optional<RecordPlace> place = recordPlace(Surroundings::found());
    try {
      if (!place) throw Error(ErrorKind::Failed, "HOME", "is not set");
      owner = place->owner;
      openRecord(*place);
      start["job"] = record_->about();
    } catch (const Error& error) {
      why = error.what();
    }
  }
  output_.event("start", std::move(start));
  if (!why.empty()) output_.warn("There will be no record of this job: " + why);
  if (output_.json()) hear(verb, arguments, owner);
}

void Job::hear(const Verb& verb, const Arguments& arguments, std::uint32_t owner) {
  CommandServer::Sources sources;
  sources.standardInput = hearsStandardInput(verb, arguments);
  if (record_) sources.socket = record_->takeSocket();
  sources.owner = owner;
  if (!sources.standardInput && !sources.socket) return;
  try {
    control_ = std::make_unique<Control>(output_);
    output_.setAnswers(control_.get());
    control_->start(std::move(sources));
  } catch (const std::exception& error) {
    // Without threads or descriptors to spare, the work still may do.
    output_.setAnswers(nullptr);
    control_.reset();
    output_.warn(std::string("No commands can be heard: ") + error.what());
  }
}

}  // namespace disktwin::cli
