// Texts in the user's language where there is no wx: the window says how at its start, and until
// then they are English.
#pragma once

#include <string>

namespace disktwin::gui {

using Translator = std::string (*)(const char* text);
void setTranslator(Translator translator);

// xgettext finds what stands in it.
std::string tr(const char* text);

}  // namespace disktwin::gui
