// The lines below the files that say what goes on, and the taking out of files, which they follow.
#pragma once

#include <wx/button.h>
#include <wx/panel.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gui/window/context.h"

namespace disktwin::gui {

class ExtractRow : public wxPanel {
 public:
  ExtractRow(wxWindow* parent, Context& context);

  // Starts a job, which goes on when the window is gone: the words behind `disktwin extract`.
  // `size`: of all that they name; nothing where that is not known.
  void start(std::vector<std::string> words, bool asRoot, std::optional<std::uint64_t> size);
  bool isAtWork() const;

  // What is said while nothing is being taken out.
  void say(const wxString& text);

  // Called when it begins and when it is over, and with what went wrong.
  std::function<void()> onChanged;
  std::function<void(const Failure& failure)> onFailure;

 private:
  void heard(const JobState& state);
  void showProgress(const JobState& state);
  void showEnd(const JobState& state);
  void showText(const wxString& text);
  void showCommand(const std::vector<std::string>& words, bool asRoot);
  void stop();

  Context& context_;
  wxStaticText* text_;
  wxButton* stop_;
  wxTextCtrl* command_;  // and the button beside it: not before the first
  wxButton* copy_;
  wxString idle_;
  std::shared_ptr<Running> running_;
  std::optional<std::uint64_t> size_;
  std::optional<std::chrono::steady_clock::time_point> began_;  // the copying
  bool isStopping_ = false;
};

}  // namespace disktwin::gui
