// What a window asks of the desktop around it: a notification, progress on the taskbar, a folder
// shown, the power switched off. Over D-Bus; where nobody listens, nothing happens.
#pragma once

#include <functional>
#include <string>

namespace disktwin::gui {

class Desktop {
 public:
  Desktop();
  ~Desktop();
  Desktop(const Desktop&) = delete;
  Desktop& operator=(const Desktop&) = delete;

  void notify(const std::string& title, const std::string& text, bool isUrgent);
  // Between 0 and 1; negative: none is shown.
  void showProgress(double fraction);

 private:
  struct Bus;
  Bus* const bus_;
};

// Asks the system to shut down; false when it does not.
bool shutDown();

// Calls that when the session ends or somebody asks the program to end (SIGTERM, SIGINT, SIGHUP), from
// the event loop. Once, for as long as the program lives.
void whenAskedToEnd(std::function<void()> end);

// Has the desktop's file manager show a file where it lies; false when there is none that can.
bool showInFileManager(const std::string& path);

}  // namespace disktwin::gui
