#include "gui/window/question.h"

#include <utility>

#include "gui/window/passphrase.h"

namespace disktwin::gui {

std::shared_ptr<Running> ask(wxWindow* parent, Context& context, std::vector<std::string> words,
                             bool asRoot, std::function<void(const JobState& state)> done) {
  // Not held by itself: then nobody could let go of it.
  auto itself = std::make_shared<std::weak_ptr<Running>>();
  auto running =
      context.engine.ask(std::move(words), asRoot,
                         [parent, &context, itself, done = std::move(done)](const JobState& state) {
                           const std::shared_ptr<Running> now = itself->lock();
                           if (!now) return;
                           answerPassphrase(parent, context, *now);
                           if (isOver(state.status)) done(state);
                         });
  *itself = running;
  return running;
}

}  // namespace disktwin::gui
