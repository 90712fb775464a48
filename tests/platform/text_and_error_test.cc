#include "platform/error.h"

#include "platform/printable.h"
#include "platform/size_text.h"
#include "tests/support/catch.h"

using namespace disktwin;

TEST_CASE("every kind of error has the exit code that the documentation names") {
  CHECK(exitCode(ErrorKind::Failed) == 1);
  CHECK(exitCode(ErrorKind::Read) == 1);
  CHECK(exitCode(ErrorKind::Write) == 1);
  CHECK(exitCode(ErrorKind::NoSpace) == 1);
  CHECK(exitCode(ErrorKind::Usage) == 2);
  CHECK(exitCode(ErrorKind::Refused) == 3);
  CHECK(exitCode(ErrorKind::Mismatch) == 5);
  CHECK(exitCode(ErrorKind::Invalid) == 5);
  CHECK(exitCode(ErrorKind::Cancelled) == 130);
}

TEST_CASE("sizes are read as people write them, and nothing else is") {
  CHECK(parseSize("4096") == 4096);
  CHECK(parseSize("64G") == 64 * GiB);
  CHECK(parseSize("64GiB") == 64 * GiB);
  CHECK(parseSize("64gib") == 64 * GiB);
  CHECK(parseSize("500GB") == 500'000'000'000);
  CHECK(parseSize("1.5T") == 3 * TiB / 2);
  CHECK(parseSize("1 MiB") == MiB);
  for (const char* wrong : {"", "G", "-1", "1.5", "1..5G", "1.G", "12X", "1GG", "0x10", "1 G B",
                            "99999999999999999999", "9000000000G", "nan", "1e3"}) {
    INFO(wrong);
    CHECK_FALSE(parseSize(wrong));
  }
}

TEST_CASE("sizes are written with at most four digits") {
  CHECK(formatSize(0) == "0 bytes");
  CHECK(formatSize(1023) == "1023 bytes");
  CHECK(formatSize(1536) == "1.5 KiB");
  CHECK(formatSize(1024 * MiB - 1) == "1 GiB");
  CHECK(formatCount(1234567) == "1,234,567");
  CHECK(formatCount(12) == "12");
}

TEST_CASE("text from a disk cannot command the terminal") {
  CHECK(printable("Daten Ü") == "Daten Ü");
  CHECK(printable("a\x1b[31mb\n") == "a?[31mb?");
  CHECK(printable("\xff\xc0\x80") == "???");
  CHECK(printable("\xe2\x80\xae"
                  "abc") == "?abc");
}
