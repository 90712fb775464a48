#include "gui/pages/plan_asker.h"

#include "gui/window/passphrase.h"

namespace disktwin::gui {

void PlanAsker::ask(std::function<void(const JobState& state)> done) {
  const Wizard& wizard = context_.wizard;
  asking_ = context_.engine.ask(wizard.command(Run::Plan), wizard.needsRoot(),
                                [this, done = std::move(done)](const JobState& state) {
                                  const std::shared_ptr<Running> now = asking_;
                                  if (!now || &now->state() != &state)
                                    return;  // another one was asked for meanwhile
                                  answerPassphrase(owner_, context_, *now);
                                  if (!isOver(state.status) || asking_ != now) return;
                                  asking_.reset();
                                  if (!state.failure) context_.wizard.setPlan(state.plan);
                                  done(state);
                                });
}

}  // namespace disktwin::gui
