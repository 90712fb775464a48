// Messages that are shorter than they say.
#include "clone/files/packing.h"

#include <limits>

#include "platform/error.h"
#include "tests/support/catch.h"

using namespace disktwin;
using files::Packer;
using files::Unpacker;

TEST_CASE("what is packed comes out again") {
  const auto made = Packer().number(7).text("name").number(~std::uint64_t{0}).text("").done();
  Unpacker in(made);
  CHECK(in.number() == 7);
  CHECK(in.text() == "name");
  CHECK(in.number() == ~std::uint64_t{0});
  CHECK(in.text().empty());
  CHECK(in.atEnd());
}

TEST_CASE("every cut of a message is an error, and none reads past its end") {
  const auto made = Packer().number(7).text("name").done();
  for (std::size_t length = 0; length < made.size(); ++length) {
    Unpacker in(std::span<const std::byte>(made).first(length));
    CHECK_THROWS_AS((in.number(), in.text()), Error);
  }
}

TEST_CASE("lengths beyond the message are an error") {
  for (const std::uint64_t length :
       {std::uint64_t{1}, std::uint64_t{1} << 32, std::numeric_limits<std::uint64_t>::max()}) {
    const auto made = Packer().number(length).done();
    CHECK_THROWS_AS(Unpacker(made).text(), Error);
  }
}
