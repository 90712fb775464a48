// Small text files of /proc, /sys and /run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace disktwin {

// The whole file; empty when it cannot be read.
std::string readTextFile(const std::string& path);
// Its first line without white space at either end.
std::string readLine(const std::string& path);
// Its first line as a decimal number; `otherwise` when it is none.
std::uint64_t readNumber(const std::string& path, std::uint64_t otherwise = 0);
// The names in a folder, sorted, without "." and ".."; empty when there is none.
std::vector<std::string> listFolder(const std::string& path);
std::string trimmed(std::string_view text);
std::vector<std::string> splitLines(std::string_view text);

}  // namespace disktwin
