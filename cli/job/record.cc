#include "cli/job/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>
#include <vector>

#include "image/format/seal.h"
#include "platform/privileges.h"

namespace disktwin::cli {
namespace {

std::string newId() {
  std::array<std::uint8_t, 2> random{};
  image::fillRandom(random);
  const auto number = static_cast<std::uint16_t>(random[0] << 8 | random[1]);
  return jobId(std::time(nullptr), processId(), number);
}

std::string nameOf(std::string_view id, std::string_view ending) {
  return fmt::format("{}{}", id, ending);
}

}  // namespace

// The socket comes first: a record whose socket does not answer is one whose job has ended.
Record::Record(const RecordPlace& place)
    : folder_(place.folder, place.isShared),
      id_(newId()),
      socket_(folder_.listen(nameOf(id_, kControl), place.owner)),
      thinning_(Thinning::Clock::now()) {
  try {
    file_ = folder_.create(nameOf(id_, kEvents), place.owner);
  } catch (...) {
    folder_.remove(nameOf(id_, kControl));
    throw;
  }
  removeOld(place.owner);
}

std::string Record::pathOf(std::string_view ending) const {
  return fmt::format("{}/{}{}", folder_.path(), id_, ending);
}

nlohmann::json Record::about() const {
  return {{"id", id_}, {"events", pathOf(kEvents)}, {"control", pathOf(kControl)}};
}

std::optional<std::string> Record::keep(const std::string& name, const std::string& line) {
  if (name == "progress" && !thinning_.take(Thinning::Clock::now())) return std::nullopt;
  // Tried anew each time: how it ends should be there even if the disk was full for a while.
  const std::string why = file_->add(line);
  if (name == "done" || name == "failed") folder_.remove(nameOf(id_, kControl));
  if (why.empty() || hasComplained_) return std::nullopt;
  hasComplained_ = true;
  return fmt::format("{}: not all that is said can be kept there: {}", pathOf(kEvents), why);
}

// In a folder that all share, each user's are counted for themselves.
void Record::removeOld(std::uint32_t owner) {
  std::map<std::string, std::vector<std::string>> records;  // by id: the names of its files
  for (const RecordFolder::Entry& entry : folder_.entries()) {
    const std::string_view id = idIn(entry.name);
    if (id.empty() || entry.owner != owner || entry.isSocket != entry.name.ends_with(kControl)) {
      continue;
    }
    records[std::string(id)].push_back(entry.name);
  }
  std::size_t tooMany = records.size() - std::min(records.size(), kMostRecords);
  for (auto at = records.begin(); tooMany > 0; ++at, --tooMany) {
    // Some run for weeks.
    if (folder_.answers(nameOf(at->first, kControl))) continue;
    for (const std::string& name : at->second) folder_.remove(name);
  }
}

}  // namespace disktwin::cli
