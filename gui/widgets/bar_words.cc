#include "gui/widgets/bar_words.h"

namespace disktwin::gui {
namespace {

constexpr std::size_t kReadableLetters = 4;

std::string firstLetters(const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (begins && count++ == kReadableLetters) return text.substr(0, at);
  }
  return text;
}

// The colour tells the filesystem too, so in little room the role comes first.
std::string kindOf(const PartWords& words, const FitsInPart& fits) {
  const std::string both = words.filesystemAndRole();
  if (words.role.empty() || fits(both, false)) return both;
  return words.filesystem.empty() || fits(words.role, false) ? words.role : words.filesystem;
}

bool tells(const std::string& kind, const PartWords& words, const FitsInPart& fits) {
  return fits(kind, false) && kind.size() >= words.filesystem.size() + words.role.size();
}

// "40 G" says more than "40...".
std::string withoutUnit(std::string size) {
  if (const std::size_t unit = size.find("iB"); unit != size.npos) size.erase(unit, 2);
  return size;
}

}  // namespace

std::string PartWords::filesystemAndRole() const {
  return filesystem + (filesystem.empty() || role.empty() ? "" : " \u00B7 ") + role;
}

WrittenPart writtenInto(const PartWords& words, const FitsInPart& fits) {
  WrittenPart out;
  out.tellsAll = fits(words.title, true);
  // A number says more than one letter of a name.
  const bool isReadable = words.number.empty() || fits(firstLetters(words.title), true);
  out.lines.push_back(isReadable ? words.title : words.number);
  if (const std::string kind = kindOf(words, fits); !kind.empty()) {
    out.tellsAll = out.tellsAll && tells(kind, words, fits);
    out.lines.push_back(kind);
  }
  for (const std::string& size : {words.sizeAndUsed, words.size, withoutUnit(words.size)}) {
    if (size.empty() || !fits(size, false)) continue;
    out.lines.push_back(size);
    return out;
  }
  out.tellsAll = false;
  return out;
}

}  // namespace disktwin::gui
