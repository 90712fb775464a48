#include "cli/fit_option.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "platform/error.h"
#include "platform/size_text.h"

namespace disktwin::cli {
namespace {

[[noreturn]] void refuse(std::string_view word, const char* what) {
  throw Error(ErrorKind::Usage, fmt::format("--fit: '{}'", word), what,
              "write auto, keep, or sizes by partition number, as in 2=40G,3=rest");
}

}  // namespace

plan::FitRequest fitRequest(const std::string& text) {
  plan::FitRequest out;
  if (text.empty() || text == "auto") return out;
  if (text == "keep") {
    out.mode = plan::FitRequest::Mode::Keep;
    return out;
  }
  for (std::string_view rest = text;;) {
    const std::string_view word = rest.substr(0, rest.find(','));
    const std::size_t equals = word.find('=');
    std::uint32_t number = 0;
    const char* end = word.data() + std::min(equals, word.size());
    const auto parsed = std::from_chars(word.data(), end, number);
    if (equals == std::string_view::npos || parsed.ec != std::errc() || parsed.ptr != end ||
        number == 0) {
      refuse(word, "is neither a way to fit nor a partition with a size");
    }
    const std::string_view size = word.substr(equals + 1);
    const auto bytes = parseSize(size);
    if (size != "rest" && (!bytes || *bytes == 0)) refuse(word, "names no size");
    if (!out.sizes.emplace(number, size == "rest" ? std::nullopt : bytes).second) {
      refuse(word, "names a partition a second time");
    }
    if (word.size() == rest.size()) return out;
    rest.remove_prefix(word.size() + 1);
  }
}

}  // namespace disktwin::cli
