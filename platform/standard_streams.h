// Standard input and output as streams of bytes.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace disktwin {

// Whether somebody may be at the other end of standard input: it is a pipe or a socket.
bool standardInputIsChannel();
// Whether a path leads to what standard input is ("/dev/stdin").
bool isStandardInput(const std::string& path);

// Fills as much of the span as there is before the end: less only at the end. Looks at
// Cancellation while it waits. Throws Error(Read).
std::size_t readStandardInput(std::span<std::byte> out);

// Writes all of it. Throws Error(Write), also when the reader of a pipe has gone.
void writeStandardOutput(std::span<const std::byte> data);
// Where standard output is a file: on the medium when this returns.
void flushStandardOutput();

}  // namespace disktwin
