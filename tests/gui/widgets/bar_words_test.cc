// What is written into a part of a bar, and whether that is all there is to say of it.
#include "gui/widgets/bar_words.h"

#include "tests/support/catch.h"

using namespace disktwin::gui;

namespace {

// A letter is one wide, and in bold a little wider.
FitsInPart room(std::size_t letters) {
  return [letters](const std::string& words, bool isBold) {
    return words.size() * 10 + (isBold ? 5 : 0) <= letters * 10;
  };
}

const PartWords kRecovery = {"Recovery", "4",         "NTFS",
                             "recovery", "953.7 MiB", "953.7 MiB, 572.2 MiB used"};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("all of it where there is room") {
  const WrittenPart out = writtenInto(kRecovery, room(40));
  CHECK(out.lines == Lines{"Recovery", "NTFS \u00B7 recovery", "953.7 MiB, 572.2 MiB used"});
  CHECK(out.tellsAll);
}

TEST_CASE("how full it is shows in the picture; the size is enough") {
  const WrittenPart out = writtenInto(kRecovery, room(17));
  CHECK(out.lines.back() == "953.7 MiB");
  CHECK(out.tellsAll);
}

TEST_CASE("where only the role or the filesystem is told, that is not all") {
  const WrittenPart role = writtenInto(kRecovery, room(10));
  CHECK(role.lines == Lines{"Recovery", "recovery", "953.7 MiB"});
  CHECK_FALSE(role.tellsAll);
  const WrittenPart filesystem = writtenInto(kRecovery, room(7));
  CHECK(filesystem.lines[1] == "NTFS");
  CHECK_FALSE(filesystem.tellsAll);
}

TEST_CASE("a title that is cut does not tell all") {
  const WrittenPart out = writtenInto({"reserved by me", "2", "", "", "16 MiB", ""}, room(8));
  CHECK(out.lines == Lines{"reserved by me", "16 MiB"});
  CHECK_FALSE(out.tellsAll);
}

TEST_CASE("a number instead of less than four letters") {
  CHECK(writtenInto(kRecovery, room(4)).lines.front() == "4");
  CHECK(writtenInto(kRecovery, room(5)).lines.front() == "Recovery");
  // Of what is no partition, there is no number.
  CHECK(writtenInto({"Not in use", "", "", "", "1.4 GiB", ""}, room(3)).lines.front() ==
        "Not in use");
  // Letters, not bytes.
  const WrittenPart greek =
      writtenInto({"\u03B1\u03B2\u03B3\u03B4\u03B5", "1", "", "", "1 G", ""}, room(9));
  CHECK(greek.lines.front() != "1");
}

TEST_CASE("a size without its unit, or none") {
  CHECK(writtenInto({"a", "1", "", "", "521.5 GiB", ""}, room(7)).lines.back() == "521.5 G");
  CHECK(writtenInto({"a", "1", "", "", "521.5 GiB", ""}, room(7)).tellsAll);
  const WrittenPart none = writtenInto({"a", "1", "", "", "521.5 GiB", ""}, room(5));
  CHECK(none.lines == Lines{"a"});
  CHECK_FALSE(none.tellsAll);
}
