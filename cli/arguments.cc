#include "cli/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "platform/error.h"
#include "platform/size_text.h"

namespace disktwin::cli {
namespace {

namespace po = boost::program_options;

[[noreturn]] void usage(const std::string& verb, const std::string& what) {
  throw Error(ErrorKind::Usage, "disktwin " + verb, what,
              fmt::format("`disktwin help {}` explains it", verb));
}

}  // namespace

Arguments::Arguments(const std::string& verb, const std::vector<std::string>& words,
                     const Options& options, const std::vector<std::string>& positionals) {
  Options all = options;
  all.add_options()("word", po::value<std::vector<std::string>>());
  po::positional_options_description places;
  places.add("word", -1);
  try {
    // Abbreviated options would change their meaning when new ones come; scripts last long.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(words).options(all).positional(places).style(style).run(),
              map_);
    po::notify(map_);
  } catch (const po::error& error) {
    usage(verb, error.what());
  }
  if (map_.count("word")) words_ = map_["word"].as<std::vector<std::string>>();
  if (has("help")) return;
  if (words_.size() < positionals.size()) {
    usage(verb, fmt::format("{} is missing", positionals[words_.size()]));
  }
  const bool mayRepeat = !positionals.empty() && positionals.back().ends_with("...");
  if (words_.size() > positionals.size() && !mayRepeat) {
    usage(verb, fmt::format("'{}' is one word too many", words_[positionals.size()]));
  }
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (words_[i].empty()) {
      usage(verb, fmt::format("{} is empty", positionals[std::min(i, positionals.size() - 1)]));
    }
  }
}

std::string Arguments::text(const std::string& option) const {
  return has(option) ? map_[option].as<std::string>() : std::string();
}

std::vector<std::string> Arguments::texts(const std::string& option) const {
  return has(option) ? map_[option].as<std::vector<std::string>>() : std::vector<std::string>();
}

std::optional<int> Arguments::number(const std::string& option, int least, int most) const {
  if (!has(option)) return std::nullopt;
  const std::string given = text(option);
  int number = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), number);
  if (error != std::errc() || end != given.data() + given.size() || number < least ||
      number > most) {
    throw Error(ErrorKind::Usage, "--" + option,
                fmt::format("'{}', expected a number from {} to {}", given, least, most));
  }
  return number;
}

std::set<std::uint32_t> Arguments::numbers(const std::string& option) const {
  std::set<std::uint32_t> out;
  if (!has(option)) return out;
  std::string rest = text(option) + ",";
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string one = rest.substr(0, comma);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(one.data(), one.data() + one.size(), number);
    if (error != std::errc() || end != one.data() + one.size() || number == 0) {
      throw Error(ErrorKind::Usage, "--" + option,
                  fmt::format("'{}', expected partition numbers such as 1,3", text(option)));
    }
    out.insert(number);
    rest.erase(0, comma + 1);
  }
  return out;
}

std::optional<std::uint64_t> Arguments::size(const std::string& option) const {
  if (!has(option)) return std::nullopt;
  const auto size = parseSize(text(option));
  if (!size || *size == 0) {
    throw Error(ErrorKind::Usage, "--" + option,
                fmt::format("'{}', expected a size such as 64G (GiB), 500GB or a number of bytes",
                            text(option)));
  }
  return size;
}

void addCommonOptions(Options& options) {
  options.add_options()("json", "print one JSON event a line (see docs/protocol.md)")(
      "quiet,q", "print only warnings and errors")("help,h", "print this help");
}

}  // namespace disktwin::cli
