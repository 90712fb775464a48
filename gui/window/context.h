// What every page of the window can use.
#pragma once

#include <map>
#include <string>

#include "gui/run/library.h"
#include "gui/run/secret.h"
#include "gui/window/disk_watch.h"
#include "gui/window/engine.h"
#include "gui/window/settings.h"
#include "gui/window/shut_down.h"
#include "gui/wizard/model.h"

namespace disktwin::gui {

struct Context {
  Context(const std::string& program, const std::string& state)
      : engine(program), disks(engine), library(state + "/images.json") {}
  ~Context() {
    wipe(wizard.choices().passphrase);
    for (auto& [_, passphrase] : passphrases) wipe(passphrase);
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  Engine engine;
  DiskWatch disks;
  Library library;
  Settings settings;
  ShutDown shutDown;
  Wizard wizard;
  // Of images that were opened, for as long as the window lives: nobody wants to type one for each
  // question.
  std::map<std::string, std::string> passphrases;
  bool isAskingPassphrase = false;
};

}  // namespace disktwin::gui
