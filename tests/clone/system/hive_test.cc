// Hives that libhivex has made, and what noise does to them.
#include "clone/system/hive.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

#include "clone/system/windows_version.h"
#include "platform/error.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace disktwin;
using namespace disktwin::system;

namespace {

std::vector<char> load(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Hive hiveOf(const std::vector<char>& bytes) {
  return {[&bytes](std::uint64_t offset, std::span<std::byte> out) {
            if (offset >= bytes.size()) return std::size_t{0};
            const std::size_t length =
                std::min<std::size_t>(out.size(), bytes.size() - static_cast<std::size_t>(offset));
            std::memcpy(out.data(), bytes.data() + offset, length);
            return length;
          },
          bytes.size()};
}

std::vector<char> made(const std::string& commands) {
  const test::TempFolder folder;
  const std::string path = folder.file("SOFTWARE");
  std::ofstream(folder.file("commands")) << commands << "commit\n";
  const std::string command =
      fmt::format("{0}/empty_hive.py {1} && hivexsh -w {1} -f {2} >/dev/null", FIXTURES, path,
                  folder.file("commands"));
  REQUIRE(std::system(command.c_str()) == 0);
  return load(path);
}

std::string windows(const std::string& values) {
  std::string out = "add Microsoft\ncd Microsoft\n";
  // Enough neighbours for lists to matter.
  for (int i = 0; i < 300; ++i) out += "add Vendor" + std::to_string(i) + "\n";
  return out + "add Windows NT\ncd Windows NT\nadd CurrentVersion\ncd CurrentVersion\n" + values;
}

const std::string kTen =
    "setval 6\nProductName\nstring:Windows 10 Pro\nDisplayVersion\nstring:22H2\nCurrentBuild\n"
    "string:19045\nCurrentVersion\nstring:6.3\nCurrentMajorVersionNumber\ndword:10\n"
    "CurrentMinorVersionNumber\ndword:0\n";

}  // namespace

TEST_CASE("the version of a Windows") {
  const auto bytes = made(windows(kTen));
  Hive hive = hiveOf(bytes);
  const WindowsVersion out = readWindowsVersion(hive);
  CHECK(out.title() == "Windows 10 Pro 22H2 (build 19045)");
  CHECK(out.full() == "10.0.19045");
  CHECK(hive.find("microsoft\\windows nt"));
  CHECK(hive.find("MICROSOFT\\Vendor299"));
  CHECK_FALSE(hive.find("Microsoft\\Vendor300"));
  CHECK_FALSE(hive.find("Microsoft\\Windows"));
  const auto key = hive.find("Microsoft\\Windows NT\\CurrentVersion");
  CHECK(hive.text(*key, "productname") == "Windows 10 Pro");
  CHECK_FALSE(hive.number(*key, "ProductName"));
  CHECK_FALSE(hive.text(*key, "Nothing"));
  CHECK(hive.number(*key, "CurrentMajorVersionNumber") == 10U);
}

TEST_CASE("Windows 11 says that it is 10") {
  const auto bytes =
      made(windows("setval 2\nProductName\nstring:Windows 10 Home\nCurrentBuild\n"
                   "string:22631\n"));
  Hive hive = hiveOf(bytes);
  CHECK(readWindowsVersion(hive).title() == "Windows 11 Home (build 22631)");
}

TEST_CASE("without the key it is a Windows all the same") {
  const auto bytes = made("add Microsoft\n");
  Hive hive = hiveOf(bytes);
  CHECK(readWindowsVersion(hive).title() == "Windows");
}

TEST_CASE("what is no hive is an error") {
  const std::vector<char> nothing;
  CHECK_THROWS_AS(hiveOf(nothing), Error);
  const std::vector<char> zeroes(8192);
  CHECK_THROWS_AS(hiveOf(zeroes), Error);
}

TEST_CASE("noise and cuts give errors or other answers, and end soon") {
  const auto bytes = made(windows(kTen));
  std::mt19937 random(11);
  const auto look = [](const std::vector<char>& hostile) {
    try {
      Hive hive = hiveOf(hostile);
      readWindowsVersion(hive).title();
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::Invalid);
    }
  };
  for (std::size_t cut = 0; cut < bytes.size(); cut += 97) {
    look({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(cut)});
  }
  for (int round = 0; round < 3000; ++round) {
    auto hostile = bytes;
    for (int i = 0; i < 200; ++i) {
      hostile[32 + random() % (hostile.size() - 32)] = static_cast<char>(random());
    }
    look(hostile);
  }
}

TEST_CASE("lists that name themselves do not go on for ever") {
  // One page: a root whose list of keys is of 65535 lists, all of them the same of 65535 keys.
  std::vector<char> bytes(4096 + 2 * MiB);
  const auto put32 = [&](std::size_t at, std::uint32_t value) {
    std::memcpy(bytes.data() + at, &value, 4);
  };
  const auto cell = [&](std::size_t at, std::uint32_t length, const char* magic) {
    put32(4096 + at, static_cast<std::uint32_t>(-static_cast<std::int32_t>(length)));
    std::memcpy(bytes.data() + 4096 + at + 4, magic, 2);
  };
  std::memcpy(bytes.data(), "regf", 4);
  put32(36, 32);
  cell(32, 96, "nk");
  put32(4096 + 36 + 20, 1);
  put32(4096 + 36 + 28, 4096);
  constexpr std::size_t kList = 4096;
  constexpr std::size_t kInner = 512 * 1024;
  cell(kList, 300000, "ri");
  cell(kInner, 300000, "li");
  for (std::size_t i = 0; i < 65535; ++i) {
    put32(4096 + kList + 8 + 4 * i, kInner);
    put32(4096 + kInner + 8 + 4 * i, 32);
  }
  bytes[4096 + kList + 6] = bytes[4096 + kInner + 6] = static_cast<char>(0xff);
  bytes[4096 + kList + 7] = bytes[4096 + kInner + 7] = static_cast<char>(0xff);
  Hive hive = hiveOf(bytes);
  CHECK_THROWS_WITH(hive.find("Microsoft"), ContainsSubstring("too much work"));
}
