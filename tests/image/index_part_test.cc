#include "image/format/index_part.h"

#include "platform/error.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::image;

TEST_CASE("a cell that takes more than its bytes can need is refused") {
  Head head;
  head.frameBytes = kChunkBytes;
  const auto decodes = [&](std::uint32_t stored) {
    Record record;
    record.length = kChunkBytes;
    record.stored = stored;
    record.present = 1;
    record.chunks.resize(1);
    const Bytes part = encodeIndexPart({{0, kChunkBytes}, {record}});
    decodeIndexPart(part, head, kChunkBytes, "image");
  };
  CHECK_NOTHROW(decodes(kChunkBytes));
  CHECK_NOTHROW(decodes(static_cast<std::uint32_t>(largestStored(kChunkBytes))));
  CHECK_THROWS_AS(decodes(static_cast<std::uint32_t>(largestStored(kChunkBytes)) + 1), Error);
  CHECK_THROWS_AS(decodes(0), Error);
}
