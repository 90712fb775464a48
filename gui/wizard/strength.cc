#include "gui/wizard/strength.h"

#include <algorithm>
#include <cctype>

namespace disktwin::gui {
namespace {

// Whoever guesses takes words from a list: 8192 of them hold most that people think of.
constexpr double kBitsOfWord = 13;
constexpr double kBitsOfDigit = 3.3;
constexpr double kBitsOfSign = 5;

bool isUpper(unsigned char c) {
  return c >= 'A' && c <= 'Z';
}
bool isLower(unsigned char c) {
  return c >= 'a' && c <= 'z';
}
// What is beyond ASCII is taken for one: most words of most languages need it.
bool isLetter(unsigned char c) {
  return isUpper(c) || isLower(c) || c >= 0x80;
}

// As somebody guesses who puts words together, and digits and signs between them. A capital behind
// a small letter begins another word.
double bitsOfWords(const std::string& text) {
  double bits = 0;
  unsigned char before = ' ';
  for (const unsigned char c : text) {
    if (isLetter(c)) {
      const bool goesOn = isLetter(before) && !(isUpper(c) && isLower(before));
      bits += goesOn ? 0 : kBitsOfWord;
    } else if (c != ' ') {
      bits += c >= '0' && c <= '9' ? kBitsOfDigit : kBitsOfSign;
    }
    before = c;
  }
  return bits;
}

double bitsOfLetters(const std::string& passphrase) {
  int kinds = 0;
  const auto has = [&](auto test) { return std::ranges::any_of(passphrase, test); };
  kinds += has(isLower) ? 26 : 0;
  kinds += has(isUpper) ? 26 : 0;
  kinds += has([](unsigned char c) { return c >= '0' && c <= '9'; }) ? 10 : 0;
  kinds += has([](unsigned char c) { return c < 0x80 && c >= ' ' && !std::isalnum(c); }) ? 30 : 0;
  kinds += has([](unsigned char c) { return c >= 0x80; }) ? 40 : 0;
  // A letter that repeats the one before it, or follows it in the alphabet, is hardly one more.
  double letters = 1;
  for (std::size_t i = 1; i < passphrase.size(); ++i) {
    const int step = passphrase[i] - passphrase[i - 1];
    letters += step >= -1 && step <= 1 ? 0.25 : 1;
  }
  double bits = 0;
  for (double left = kinds; left > 1; left /= 2) bits += letters;
  return bits;
}

}  // namespace

int passphraseStrength(const std::string& passphrase) {
  if (passphrase.empty()) return 0;
  const double bits = std::min(bitsOfLetters(passphrase), bitsOfWords(passphrase));
  return bits < 28 ? 1 : bits < 50 ? 2 : bits < 72 ? 3 : 4;
}

}  // namespace disktwin::gui
