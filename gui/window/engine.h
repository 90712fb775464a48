// Starts the command-line program and keeps everybody up to date who waits for it. The one place
// that knows where the program is, and when it takes pkexec.
#pragma once

#include <wx/timer.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gui/run/job.h"
#include "gui/run/secret.h"

namespace disktwin::gui {

// A run that somebody is interested in. When this object goes, nobody is any more: a job goes on,
// everything else is asked to stop.
class Running {
 public:
  using Changed = std::function<void(const JobState& state)>;

  Running(std::unique_ptr<Job> job, bool goesOn, Changed changed)
      : job_(std::move(job)), goesOn_(goesOn), changed_(std::move(changed)) {}
  ~Running() {
    if (!goesOn_ && !job_->isOver()) job_->cancel();
    wipe(newPassphrase);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  // What a question for the passphrase of a new image is answered with; empty: what the wizard
  // holds.
  std::string newPassphrase;

  Job& job() { return *job_; }
  const JobState& state() const { return job_->state(); }

 private:
  friend class Engine;
  std::unique_ptr<Job> job_;
  bool goesOn_;
  bool isTold_ = false;  // of its end
  Changed changed_;
};

class Engine : public wxEvtHandler {
 public:
  // `program`: the command-line program, as a path or to be found in PATH.
  explicit Engine(std::string program);

  const std::string& program() const { return program_; }

  // A question: `changed` is called when something has been heard, the last time when it is over.
  std::shared_ptr<Running> ask(std::vector<std::string> words, bool asRoot,
                               Running::Changed changed);
  // A job, which goes on when nobody listens.
  std::shared_ptr<Running> start(std::vector<std::string> words, bool asRoot,
                                 Running::Changed changed);
  // A job that is there already.
  std::shared_ptr<Running> follow(const std::string& events, const std::string& control,
                                  Running::Changed changed);

 private:
  std::shared_ptr<Running> run(std::vector<std::string> words, bool asRoot, bool goesOn,
                               Running::Changed changed);
  std::shared_ptr<Running> add(std::shared_ptr<Running> running);
  void poll();

  const std::string program_;
  std::vector<std::weak_ptr<Running>> all_;
  wxTimer timer_;
};

// Beside this program, where it was built, or in PATH.
std::string findProgram();

}  // namespace disktwin::gui
