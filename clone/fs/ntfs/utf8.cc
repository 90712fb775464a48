#include "clone/fs/ntfs/utf8.h"

namespace disktwin::fs::ntfs {

namespace {

bool isHigh(char32_t c) {
  return c >= 0xD800 && c < 0xDC00;
}
bool isLow(char32_t c) {
  return c >= 0xDC00 && c < 0xE000;
}

void append(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

}  // namespace

std::string utf8From(std::u16string_view text) {
  text = text.substr(0, text.find(u'\0'));
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char32_t c = text[i];
    if (isHigh(c) && i + 1 < text.size() && isLow(text[i + 1])) {
      c = 0x10000 + ((c - 0xD800) << 10) + (text[++i] - 0xDC00U);
    } else if (isHigh(c) || isLow(c)) {
      c = 0xFFFD;
    }
    append(out, c);
  }
  return out;
}

}  // namespace disktwin::fs::ntfs
