// What is known of one run of the command-line program, from its events. No process, no window.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "gui/protocol/disk.h"
#include "gui/protocol/plan.h"

namespace disktwin::gui {

enum class JobStatus {
  Starting,  // nothing has been heard
  Running,
  Paused,
  Done,
  DoneWithLosses,
  Failed,
  Cancelled,
  Died,  // it ended, or stopped being there, without saying how
};
bool isOver(JobStatus status);

struct Failure {
  int exitCode = 0;
  std::string kind;  // "refused", "mismatch", ...; as the protocol names it
  std::string subject;
  std::string what;
  std::string hint;
  std::string targetState;  // "untouched", "incomplete", "complete" or empty
  std::string targetSays;

  std::string text() const;     // "subject: what"
  std::string details() const;  // all of it, for a bug report
};

struct PassphraseRequest {
  std::string image;
  bool isNew = false;
  unsigned attempt = 1;
};

class JobState {
 public:
  JobStatus status = JobStatus::Starting;

  // From `start`. Of a job also where its record is.
  std::string verb;
  std::string version;
  std::string id;
  std::string eventsPath;
  std::string controlPath;
  std::vector<std::string> arguments;  // as they were typed
  std::string folder;  // that it was started in, where what has no '/' in front lies
  std::string began;   // ISO 8601, UTC

  Plan plan;                          // with the paths of files from the root on
  std::vector<Disk> disks;            // of `list`
  std::optional<Disk> disk;           // of `show`, an image's as well
  nlohmann::json image;               // of `show`
  std::vector<nlohmann::json> found;  // `entry`, `volume`, `lost`, `damage`, `difference`
  bool foundIsCut = false;            // there was more than anybody could look at
  std::vector<std::string> warnings;

  // Of `boot`: for how long the machine has run, and what that showed.
  std::uint64_t machineSeconds = 0;
  std::string verdictBecause;

  std::string phase;
  std::uint64_t bytesDone = 0;
  std::uint64_t bytesTotal = 0;  // 0: not known
  std::uint64_t rate = 0;        // bytes a second
  std::optional<double> secondsLeft;

  std::optional<PassphraseRequest> wantsPassphrase;
  nlohmann::json result;  // of `done`
  std::optional<Failure> failure;
  std::size_t garbage = 0;  // lines that were no events

  // One line of events; what is none is counted.
  void addLine(const std::string& line);
  // There will be no more: with the exit code where it is known (negative: the number of a signal),
  // and what was said on standard error.
  void end(std::optional<int> exitCode, const std::string& said);

  // What is written is a disk, or a raw file as one: of `clone` and `restore`.
  bool isCopy() const { return verb == "clone" || verb == "restore"; }
  // A path of the command line, from the root on. "-" stays what it is.
  std::string absolute(const std::string& path) const;
  // Between 0 and 1, of the phase; nothing where that is not known.
  std::optional<double> fraction() const;

 private:
  void addEvent(const std::string& name, const nlohmann::json& fields);
  void addStart(const nlohmann::json& fields);
  void addDone(const nlohmann::json& fields);
  void addFailed(const nlohmann::json& fields);
};

}  // namespace disktwin::gui
