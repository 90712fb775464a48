#include "gui/wizard/home_rows.h"

#include <algorithm>

#include "gui/run/job_words.h"
#include "gui/wizard/overall.h"

namespace disktwin::gui {
namespace {

RowStatus statusOf(const JobEntry& job) {
  switch (job.state.status) {
    case JobStatus::Paused:
      return RowStatus::Paused;
    case JobStatus::Starting:
    case JobStatus::Running:
      return RowStatus::Running;
    case JobStatus::Done:
      return RowStatus::Done;
    case JobStatus::DoneWithLosses:
      return RowStatus::Losses;
    case JobStatus::Cancelled:
      return RowStatus::Stopped;
    case JobStatus::Failed:
    case JobStatus::Died:
      break;
  }
  return RowStatus::Failed;
}

// Of one that has failed before there was a plan: as they were typed.
void addNames(const JobState& job, HomeRow& out) {
  const auto words = wordsOf(job);
  if (!words || words->names.size() != 2) return;
  out.source = nameOf(words->names[0]);
  out.name = nameOf(words->names[1]);
}

HomeRow rowOf(const JobEntry& job) {
  HomeRow out;
  const JobState& state = job.state;
  out.verb = state.verb;
  if (!state.plan.target.path.empty()) {
    out.name = state.plan.target.briefTitle();
  } else if (const std::string image = imageOf(state); !image.empty()) {
    out.name = nameOf(image);
  }
  out.source = state.plan.source.briefTitle();
  if (state.plan.target.path.empty() && state.isCopy()) addNames(state, out);
  out.date = state.began;
  out.bytes = state.plan.bytesToRead;
  out.status = statusOf(job);
  out.fraction = overall(state).fraction.value_or(0);
  out.events = job.events;
  out.control = job.control;
  return out;
}

HomeRow rowOf(const ImageEntry& image, bool exists) {
  HomeRow out;
  out.name = nameOf(image.path);
  out.source = image.source;
  out.date = image.date;
  out.bytes = image.bytes;
  out.image = image.path;
  out.events = image.log;
  out.verified = image.verified;
  out.status = !exists                   ? RowStatus::Missing
               : image.damaged           ? RowStatus::Damaged
               : !image.verified.empty() ? RowStatus::Verified
                                         : RowStatus::Ready;
  return out;
}

// A capture that ended well is the image that it made; questions to an image are no news, and of
// what else was done it is what went wrong.
bool isShown(const JobEntry& job, bool isOver) {
  if (!isOver) return true;
  return job.state.isCopy() || job.state.status != JobStatus::Done;
}

}  // namespace

std::vector<HomeRow> homeRows(const std::vector<ImageEntry>& images,
                              const std::vector<JobEntry>& jobs,
                              const std::function<bool(const std::string& path)>& exists) {
  std::vector<HomeRow> running;
  std::vector<HomeRow> out;
  for (const JobEntry& job : jobs) {
    const bool hasEnded = isOver(job.state.status);
    if (!isShown(job, hasEnded)) continue;
    (hasEnded ? out : running).push_back(rowOf(job));
  }
  for (const ImageEntry& image : images) out.push_back(rowOf(image, exists(image.path)));
  std::ranges::stable_sort(out, std::greater<>(), &HomeRow::date);
  out.insert(out.begin(), running.begin(), running.end());
  return out;
}

}  // namespace disktwin::gui
