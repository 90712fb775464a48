#include "gui/window/engine.h"

#include <wx/filename.h>
#include <wx/stdpaths.h>

#include <utility>

#include "gui/run/process.h"
#include "gui/run/record.h"
#include "gui/window/text.h"

namespace disktwin::gui {
namespace {

constexpr int kPollMilliseconds = 100;

}  // namespace

std::string findProgram() {
  const wxString beside =
      wxFileName(wxStandardPaths::Get().GetExecutablePath()).GetPath() + "/disktwin";
  // pkexec does not look for programs in the user's PATH, so it gets the whole name.
  wxPathList path;
  path.AddEnvList("PATH");
  const wxString found =
      wxFileName::IsFileExecutable(beside) ? beside : path.FindAbsoluteValidPath("disktwin");
  return found.empty() ? "disktwin" : utf8(found);
}

Engine::Engine(std::string program) : program_(std::move(program)), timer_(this) {
  Bind(wxEVT_TIMER, [this](wxTimerEvent&) { poll(); });
}

std::shared_ptr<Running> Engine::ask(std::vector<std::string> words, bool asRoot,
                                     Running::Changed changed) {
  return run(std::move(words), asRoot, false, std::move(changed));
}

std::shared_ptr<Running> Engine::start(std::vector<std::string> words, bool asRoot,
                                       Running::Changed changed) {
  return run(std::move(words), asRoot, true, std::move(changed));
}

std::shared_ptr<Running> Engine::follow(const std::string& events, const std::string& control,
                                        Running::Changed changed) {
  return add(std::make_shared<Running>(
      std::make_unique<Job>(std::make_unique<Record>(events, control)), true, std::move(changed)));
}

std::shared_ptr<Running> Engine::run(std::vector<std::string> words, bool asRoot, bool goesOn,
                                     Running::Changed changed) {
  words.insert(words.begin(), program_);
  words.push_back("--json");
  if (asRoot) words.insert(words.begin(), "pkexec");
  return add(std::make_shared<Running>(std::make_unique<Job>(std::make_unique<Process>(words)),
                                       goesOn, std::move(changed)));
}

std::shared_ptr<Running> Engine::add(std::shared_ptr<Running> running) {
  all_.push_back(running);
  if (!timer_.IsRunning()) timer_.Start(kPollMilliseconds);
  return running;
}

void Engine::poll() {
  // Who is told of a change may start something else, or let go of what it is told of.
  const std::vector<std::weak_ptr<Running>> all = all_;
  for (const std::weak_ptr<Running>& weak : all) {
    const std::shared_ptr<Running> running = weak.lock();
    if (!running || running->isTold_) continue;
    // Its process ends a little after it has said how: that is no other end.
    const bool wasOver = isOver(running->state().status);
    const bool isChanged = running->job_->poll();
    running->isTold_ = running->job_->isOver();
    const bool isNews = !wasOver && (isChanged || running->isTold_);
    if (isNews && running->changed_) running->changed_(running->state());
  }
  std::erase_if(all_, [](const std::weak_ptr<Running>& weak) {
    const std::shared_ptr<Running> running = weak.lock();
    return !running || running->isTold_;
  });
  if (all_.empty()) timer_.Stop();
}

}  // namespace disktwin::gui
