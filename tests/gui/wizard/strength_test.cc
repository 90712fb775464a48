// What a passphrase is said to be worth.
#include "gui/wizard/strength.h"

#include "tests/support/catch.h"

using namespace disktwin::gui;

TEST_CASE("a passphrase is stronger when it is longer and less regular") {
  CHECK(passphraseStrength("") == 0);
  CHECK(passphraseStrength("abc") == 1);
  CHECK(passphraseStrength("aaaaaaaaaaaaaaaaaaaa") < 3);
  CHECK(passphraseStrength("abcdefghijklmnop") < 3);
  CHECK(passphraseStrength("Tr0ub4dor&3") >= 2);
}

TEST_CASE("words are guessed as words, not letter by letter") {
  CHECK(passphraseStrength("incomprehensibilities") == 1);
  CHECK(passphraseStrength("correct horse") == 1);
  CHECK(passphraseStrength("Correct Horse") == 1);
  CHECK(passphraseStrength("correct  horse ") == 1);
  CHECK(passphraseStrength("correct horse battery") == 2);
  CHECK(passphraseStrength("correct horse battery staple") == 3);
  CHECK(passphraseStrength("correct horse battery staple lamp river") == 4);
  CHECK(passphraseStrength("schöne grüße") == 1);
}

TEST_CASE("short words are worth no more than their letters") {
  CHECK(passphraseStrength("a b") == 1);
  CHECK(passphraseStrength("   ") == 1);
}

TEST_CASE("a digit behind words is one digit more") {
  CHECK(passphraseStrength("correct 77") == 1);
  CHECK(passphraseStrength("correct horse 7") == 2);
  CHECK(passphraseStrength("correctHorse") == 1);
}

TEST_CASE("what no list of words holds is worth its letters") {
  CHECK(passphraseStrength("8f!Kq2#Zp0v@") == 4);
  CHECK(passphraseStrength("kJqPzXwLmNvRtB") == 4);
}
