// Files that are dragged out of an image: a drag needs files that are there already, so they are
// taken out when it begins.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gui/window/context.h"
#include "gui/window/scratch.h"

class wxWindow;

namespace disktwin::gui {

class DragFiles {
 public:
  enum class Begun { Ready, NotYet, Failed };

  DragFiles(wxWindow* parent, Context& context) : parent_(parent), context_(context) {}

  // Takes out what the words name. What is quick is ready at once; for anything else finish() has
  // to be called, from the event loop: a drag cannot wait for long, nor can a question be asked in
  // it.
  Begun begin(const std::vector<std::string>& words, bool asRoot);
  // Waits with a dialog in which it can be stopped. Whether all is there now; the next begin() with
  // the same words is ready then.
  bool finish();

  // After Ready: what was taken out, as paths. It stays until clear(), or until something else is
  // dragged: nobody says when a copy is finished that was begun by dropping it.
  std::vector<std::string> paths();
  // After Failed and after finish(); nothing when it was stopped.
  const std::optional<Failure>& failure() const { return failure_; }

  // Removes what has not been handed out by paths().
  void leave();
  void clear();

 private:
  bool conclude();

  wxWindow* parent_;
  Context& context_;
  Scratch scratch_;
  std::vector<std::string> words_;
  std::string folder_;  // that they were put into
  std::shared_ptr<Running> running_;
  std::optional<Failure> failure_;
  bool isReady_ = false;
  bool isHandedOut_ = false;
};

}  // namespace disktwin::gui
