#include "gui/protocol/translate.h"

namespace disktwin::gui {
namespace {

Translator& current() {
  static Translator translator = nullptr;
  return translator;
}

}  // namespace

void setTranslator(Translator translator) {
  current() = translator;
}

std::string tr(const char* text) {
  return current() ? current()(text) : std::string(text);
}

}  // namespace disktwin::gui
