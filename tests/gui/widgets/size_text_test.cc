// Sizes, rates and times as text, and sizes that somebody types.
#include "gui/widgets/size_text.h"

#include "tests/support/catch.h"

using namespace disktwin::gui;

TEST_CASE("sizes as vendors and as systems count") {
  CHECK(sizeText(512110190592) == "512.1 GB (476.9 GiB)");
  CHECK(sizeText(1ULL << 40) == "1.1 TB (1 TiB)");
  CHECK(sizeText(0) == "0 B");
  CHECK(decimalSizeText(2000000000000) == "2 TB");
  CHECK(decimalSizeText(999949) == "999.9 kB");
  CHECK(decimalSizeText(999950) == "1 MB");
  CHECK(shortSizeText(100ULL << 20) == "100 MiB");
  CHECK(shortSizeText(512) == "512 B");
}

TEST_CASE("rates") {
  CHECK(rateText(1234567890) == "1.2 GB/s");
  CHECK(rateText(0) == "0 B/s");
  CHECK(rateText(-1) == "0 B/s");
  CHECK(rateText(0.0 / 0.0) == "0 B/s");
}

TEST_CASE("clocks") {
  CHECK(clockText(0) == "0:00");
  CHECK(clockText(125) == "2:05");
  CHECK(clockText(3725) == "1:02:05");
}

TEST_CASE("the decimal sign of a language") {
  setDecimalSign(',');
  CHECK(sizeText(512110190592) == "512,1 GB (476,9 GiB)");
  CHECK(rateText(1234567890) == "1,2 GB/s");
  CHECK(sizeFrom(shortSizeText(1610612736)) == 1610612736);
  setDecimalSign('.');
}

TEST_CASE("sizes that somebody types") {
  CHECK(sizeFrom("40G") == 40ULL << 30);
  CHECK(sizeFrom("40 GB") == 40000000000);
  CHECK(sizeFrom("  512 MiB ") == 512ULL << 20);
  CHECK(sizeFrom("1,5 TiB") == 3ULL << 39);
  CHECK(sizeFrom("1.5T") == 3ULL << 39);
  CHECK(sizeFrom("40\u00A0GiB") == 40ULL << 30);
  CHECK(sizeFrom("40\u202FGiB") == 40ULL << 30);
  for (const char* text : {"", " ", "G", "-1G", "40 Q", "1,000,000", "1.0,5G", "40G 5"}) {
    INFO(text);
    CHECK_FALSE(sizeFrom(text));
  }
}
