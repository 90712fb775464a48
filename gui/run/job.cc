#include "gui/run/job.h"

#include <string_view>

#include "gui/run/secret.h"

namespace disktwin::gui {

bool Job::poll() {
  if (isEnded_) return false;
  const bool hasEnded = source_->hasEnded();
  const std::vector<std::string> lines = source_->read();
  for (const std::string& line : lines) state_.addLine(line);
  if (!hasEnded || !lines.empty()) return !lines.empty();
  isEnded_ = true;
  state_.end(source_->exitCode(), source_->said());
  return true;
}

// By hand: a library for JSON leaves copies behind.
bool Job::givePassphrase(const std::string& passphrase) {
  std::string line;
  const Wiped wiped(line);
  constexpr std::size_t kLongestLetter = 6;
  line.reserve(64 + passphrase.size() * kLongestLetter);
  line += R"({"command":"passphrase","passphrase":")";
  for (const char letter : passphrase) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(letter);
    if (code < 0x20) {
      line += "\\u00";
      line += kDigits[code >> 4];
      line += kDigits[code & 15];
    } else {
      if (letter == '"' || letter == '\\') line += '\\';
      line += letter;
    }
  }
  line += "\"}";
  state_.wantsPassphrase.reset();
  return source_->send(line);
}

}  // namespace disktwin::gui
