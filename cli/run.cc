#include "cli/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>

#include "cli/help.h"
#include "cli/job/job.h"
#include "cli/verbs.h"
#include "platform/aligned_buffer.h"
#include "platform/cancellation.h"
#include "platform/terminal.h"

namespace disktwin::cli {
namespace {

int printText(const std::string& text) {
  fmt::print("{}{}", text, text.empty() || text.back() != '\n' ? "\n" : "");
  return 0;
}

Error unknownVerb(const std::string& name) {
  std::string known;
  for (const Verb& verb : verbs())
    known += fmt::format("{}{}", known.empty() ? "" : ", ", verb.name);
  return {ErrorKind::Usage, "disktwin",
          fmt::format("'{}' is not a verb, expected one of: {}, help", name, known),
          "`disktwin help` explains them"};
}

int help(const std::vector<std::string>& words) {
  if (words.empty()) return printText(generalHelp());
  const Verb* verb = findVerb(words.front());
  if (!verb) throw unknownVerb(words.front());
  return printText(verbHelp(*verb));
}

// Known before the arguments are parsed, so that their errors come in the style that was asked for.
bool wants(const std::vector<std::string>& words, const std::string& option) {
  return std::find(words.begin(), words.end(), option) != words.end();
}

// "-q" may stand among other letters: "-yq".
bool wantsQuiet(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return word == "--quiet" ||
           (word.size() > 1 && word[0] == '-' && word[1] != '-' && word.find('q') != word.npos);
  });
}

// Standard output then belongs to the image.
bool writesImage(const std::vector<std::string>& words) {
  return !words.empty() && (words.front() == "capture" || words.front() == "merge") &&
         wants(words, "-");
}

// `all`: the words with the verb before them.
int runVerb(const Verb& verb, const std::vector<std::string>& words,
            const std::vector<std::string>& all, Output& output, Job& job) {
  Options options;
  verb.addOptions(options);
  addCommonOptions(options);
  const Arguments arguments(verb.name, words, options, verb.words);
  if (arguments.has("help")) return printText(verbHelp(verb));
  job.begin(verb, arguments, all);
  return verb.run(arguments, output);
}

int dispatch(const std::vector<std::string>& words, Output& output, Job& job) {
  if (words.empty()) {
    throw Error(ErrorKind::Usage, "disktwin", "a verb is missing", "`disktwin help` lists them");
  }
  const std::string& first = words.front();
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  if (first == "--version" || first == "-V") return printText(versionText());
  if (first == "help" || first == "--help" || first == "-h") return help(rest);
  const Verb* verb = findVerb(first);
  if (!verb) throw unknownVerb(first);
  return runVerb(*verb, rest, words, output, job);
}

}  // namespace

int run(int argc, char** argv) {
  holdStandardDescriptors();
  raiseFileLimit();
  shareFreedMemory();
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  Output output(wants(words, "--json") ? Output::Style::Json : Output::Style::Text,
                wantsQuiet(words), writesImage(words) ? stderr : stdout);
  Cancellation::watchSignals();
  Job job(output);
  try {
    return dispatch(words, output, job);
  } catch (const Error& error) {
    output.fail(error);
    return exitCode(error.kind());
  } catch (const std::bad_alloc&) {
    output.fail(Error(ErrorKind::Failed, "disktwin", "there is not enough memory"));
  } catch (const std::exception& error) {
    output.fail(Error(ErrorKind::Failed, "disktwin", error.what(), "please report this"));
  }
  return exitCode(ErrorKind::Failed);
}

}  // namespace disktwin::cli
