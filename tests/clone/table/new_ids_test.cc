// withNewIds(), partUuidOf().
#include "clone/table/new_ids.h"

#include <set>

#include "tests/clone/table/disks.h"
#include "tests/support/catch.h"

namespace disktwin::table {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

// As a source that looks random has them: others for every name.
Bytes bytesFor(const std::string& what, const std::string& before) {
  Bytes out{};
  std::size_t at = 0;
  for (const char c : what + before) {
    out[at % out.size()] =
        static_cast<std::uint8_t>(out[at % out.size()] * 31 + static_cast<std::uint8_t>(c));
    ++at;
  }
  return out;
}

}  // namespace

TEST_CASE("a GPT gets another disk GUID and other partition GUIDs, and nothing else") {
  const Layout before = test::sampleGpt(32768);
  const Layout after = withNewIds(before, bytesFor);
  std::set<std::string> seen{before.gpt.diskId.toString()};
  for (const Partition& partition : before.partitions) seen.insert(partition.id.toString());
  const std::size_t old = seen.size();
  seen.insert(after.gpt.diskId.toString());
  for (const Partition& partition : after.partitions) {
    const std::string text = partition.id.toString();
    seen.insert(text);
    // RFC 4122: version 4, variant 1.
    CHECK(text[14] == '4');
    CHECK(std::string("89AB").find(text[19]) != std::string::npos);
  }
  CHECK(seen.size() == old + 1 + after.partitions.size());
  Layout back = after;
  back.gpt.diskId = before.gpt.diskId;
  for (std::size_t i = 0; i < back.partitions.size(); ++i) {
    back.partitions[i].id = before.partitions[i].id;
  }
  CHECK(back == before);
  const Layout found = test::reread(after);
  CHECK(test::told(found).empty());
  CHECK(found == after);
  CHECK(withNewIds(before, bytesFor) == after);
}

TEST_CASE("the signature of a GPT disk's MBR changes only where there is one") {
  Layout layout = test::sampleGpt(32768);
  layout.mbr.diskSignature = 0;
  CHECK(withNewIds(layout, bytesFor).mbr.diskSignature == 0);
  layout.mbr.diskSignature = 0x12345678;
  const std::uint32_t after = withNewIds(layout, bytesFor).mbr.diskSignature;
  CHECK(after != 0);
  CHECK(after != 0x12345678);
}

TEST_CASE("an MBR gets another signature, never zero, and nothing else") {
  Layout before = test::sampleMbr(32768);
  before.mbr.diskSignature = 0x1BADCAFE;
  Layout after = withNewIds(before, bytesFor);
  CHECK(after.mbr.diskSignature != before.mbr.diskSignature);
  CHECK(partUuidOf(before, *before.find(5)) == "1badcafe-05");
  after.mbr.diskSignature = before.mbr.diskSignature;
  CHECK(after == before);
  const auto zeroes = [](const std::string&, const std::string&) { return Bytes{}; };
  CHECK(withNewIds(before, zeroes).mbr.diskSignature != 0);
  Bytes late{};
  late[7] = 5;
  CHECK(withNewIds(before, [&](const std::string&, const std::string&) {
          return late;
        }).mbr.diskSignature == 5);
}

TEST_CASE("without a table there is nothing to be renamed") {
  CHECK(withNewIds(Layout{}, bytesFor) == Layout{});
  const Layout gpt = test::sampleGpt(32768);
  const std::string name = partUuidOf(gpt, gpt.partitions.front());
  CHECK(name.size() == 36);
  CHECK(name.find_first_of("ABCDEF") == std::string::npos);
}

}  // namespace disktwin::table
