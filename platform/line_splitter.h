// Lines out of bytes that come in pieces, from somebody who need not be friendly.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace disktwin {

// Keeps at most `longest` bytes. What it has held is wiped, since it may be a passphrase. Not
// thread-safe.
class LineSplitter {
 public:
  explicit LineSplitter(std::size_t longest) : longest_(longest) { held_.reserve(longest); }
  ~LineSplitter();
  LineSplitter(const LineSplitter&) = delete;
  LineSplitter& operator=(const LineSplitter&) = delete;

  struct Line {
    std::string text;  // without its end; empty when it is too long
    bool isTooLong = false;
  };
  // Takes bytes up to the end of a line from the front of `bytes`; nullopt when there is none in
  // them, and all have been taken. A line that is too long is reported once, at its end.
  std::optional<Line> next(std::string_view& bytes);
  // What is left at the end of everything, when the last line has no end of its own.
  std::optional<Line> last();

 private:
  Line take();

  const std::size_t longest_;
  std::string held_;  // never grows beyond what was reserved, so that no copy of it is left behind
  bool isTooLong_ = false;
};

}  // namespace disktwin
