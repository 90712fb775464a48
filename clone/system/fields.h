// Lines of words, as the tables below /etc have them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace disktwin::system {

// The words of each line that has any; what follows a '#' at a line's beginning is left out. White
// space written as \040 and the like is what it stands for. Of hostile files only so many lines and
// words are taken.
std::vector<std::vector<std::string>> linesOfWords(std::string_view text);

// The lines of a text without their ends, at most 65536 of them.
std::vector<std::string_view> linesOf(std::string_view text);

}  // namespace disktwin::system
