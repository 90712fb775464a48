// The person in front of the program.
#pragma once

#include <optional>
#include <string>

namespace disktwin {

// Opens what is closed of standard input, output and error on /dev/null: the next file that is
// opened would take its number, and messages would be written onto it. Call first thing in main().
void holdStandardDescriptors();
// As many files may be open at once as the system allows: an image may have hundreds of volumes.
void raiseFileLimit();

// Whether standard output or standard error is a terminal.
bool isTerminalOut();
bool isTerminalErr();
bool isTerminalIn();
int terminalWidth();  // of standard error, in columns; 80 when unknown

// Asks on the controlling terminal (/dev/tty), never through standard input, so that pipes do not
// answer by accident. nullopt when there is no terminal or no answer (end of file, Ctrl-C).
bool haveTerminal();
std::optional<std::string> askOnTerminal(const std::string& question);
// The same without showing what is typed; blanks at the ends belong to the answer.
std::optional<std::string> askSecretOnTerminal(const std::string& question);

}  // namespace disktwin
