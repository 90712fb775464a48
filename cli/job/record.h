// What is left of a job for others to find: its events in a file, and a socket to speak to it.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "cli/job/place.h"
#include "cli/job/thinning.h"
#include "cli/output.h"
#include "platform/record_folder.h"

namespace disktwin::cli {

// Files of a user that are kept, the newest.
inline constexpr std::size_t kMostRecords = 100;

// Calls come one at a time, as EventLog says; the others from the main thread before that.
class Record final : public EventLog {
 public:
  // Makes both, and removes what is too old by now. Throws Error(Failed).
  explicit Record(const RecordPlace& place);

  // {"id", "events", "control"}: the latter two are paths.
  nlohmann::json about() const;
  // It listens already.
  std::unique_ptr<ListeningSocket> takeSocket() { return std::move(socket_); }

  // With the last event the socket goes away, and with that the job counts as ended.
  std::optional<std::string> keep(const std::string& name, const std::string& line) override;

 private:
  void removeOld(std::uint32_t owner);
  std::string pathOf(std::string_view ending) const;

  RecordFolder folder_;
  const std::string id_;
  std::unique_ptr<ListeningSocket> socket_;
  std::unique_ptr<GrowingFile> file_;
  Thinning thinning_;
  bool hasComplained_ = false;
};

}  // namespace disktwin::cli
