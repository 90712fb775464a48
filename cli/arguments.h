// The words of a command line, checked.
#pragma once

#include <boost/program_options.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace disktwin::cli {

using Options = boost::program_options::options_description;

class Arguments {
 public:
  // Parses what follows the verb. `positionals` names the words that must be there, in order; a
  // last one that ends in "..." may be followed by more of its kind.
  // Throws Error(Usage) that names the verb and what is wrong.
  Arguments(const std::string& verb, const std::vector<std::string>& words, const Options& options,
            const std::vector<std::string>& positionals);

  bool has(const std::string& option) const { return map_.count(option) != 0; }
  std::string text(const std::string& option) const;                // empty when it was not given
  std::vector<std::string> texts(const std::string& option) const;  // of one that may be repeated
  // Error(Usage) when it is anything but a number in that range.
  std::optional<int> number(const std::string& option, int least, int most) const;
  const std::string& word(std::size_t index) const { return words_.at(index); }
  const std::vector<std::string>& words() const { return words_; }

  // "--partitions 1,3": Error(Usage) when it is anything but numbers from 1 on.
  std::set<std::uint32_t> numbers(const std::string& option) const;
  // "--target-size 64G": Error(Usage) when it is no size.
  std::optional<std::uint64_t> size(const std::string& option) const;

 private:
  boost::program_options::variables_map map_;
  std::vector<std::string> words_;
};

// --json, --quiet, --help: every verb takes them.
void addCommonOptions(Options& options);

}  // namespace disktwin::cli
