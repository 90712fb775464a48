#include "cli/passphrase.h"

#include <fmt/format.h>

#include <utility>

#include "cli/answers.h"
#include "image/format/seal.h"
#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/small_file.h"
#include "platform/terminal.h"
#include "platform/wipe.h"

namespace disktwin::cli {
namespace {

constexpr std::size_t kLongest = 64U << 10;

}  // namespace

void addImageOptions(Options& options, const char* parentHelp) {
  namespace po = boost::program_options;
  options.add_options()(
      "passphrase-file", po::value<std::string>()->value_name("FILE"),
      "the passphrase of an encrypted image; one line break at the end is dropped")(
      "parent", po::value<std::vector<std::string>>()->value_name("IMAGE"), parentHelp);
}

Passphrase::Passphrase(const Arguments& arguments, const Output& output)
    : mayUseTerminal_(!output.json()),
      answers_(output.answers()),
      file_(arguments.text("passphrase-file")) {
  if (file_.empty()) return;
  secret_ = readSmallFile(file_, kLongest);
  if (secret_->ends_with('\n')) secret_->pop_back();
  if (secret_->empty()) {
    throw Error(ErrorKind::Usage, file_, "holds no passphrase: it is empty");
  }
}

Passphrase::~Passphrase() {
  keep(std::nullopt);
}

void Passphrase::keep(std::optional<std::string> secret) {
  if (secret) keepOutOfCores();
  if (secret_) image::forget(*secret_);
  secret_ = secret;
  if (secret) image::forget(*secret);
}

std::optional<std::string> Passphrase::known(const std::string& image, unsigned attempt) {
  const bool isFirst = attempt == 1;
  if (secret_ && isFirst) return secret_;
  if (!file_.empty()) return std::nullopt;
  if (answers_) {
    keep(answers_->passphrase(image, false, attempt));
    return secret_;
  }
  if (!isFirst || !mayUseTerminal_ || !haveTerminal()) return std::nullopt;
  keep(askSecretOnTerminal(fmt::format("Passphrase of {}: ", image)));
  Cancellation::check();
  return secret_;
}

image::CatalogBuilder::Ask Passphrase::asker() {
  return [this](const std::string& image, unsigned attempt) { return known(image, attempt); };
}

bool Passphrase::isGiven(const std::string& image) {
  return secret_ || (answers_ && known(image, 1));
}

std::string Passphrase::forNewImage(const std::string& image) {
  if (secret_) return *secret_;
  if (answers_) keep(answers_->passphrase(image, true, 1));
  if (secret_ && secret_->empty()) {
    throw Error(ErrorKind::Usage, "--encrypt", "the passphrase is empty");
  }
  if (secret_) return *secret_;
  if (!mayUseTerminal_ || !haveTerminal()) {
    throw Error(ErrorKind::Refused, "--encrypt", "nobody is there to be asked for a passphrase",
                "give it with --passphrase-file");
  }
  keep(askTwice());
  return *secret_;
}

std::string Passphrase::askTwice() {
  std::optional<std::string> first =
      askSecretOnTerminal("Passphrase for the new image (whoever loses it has lost the image): ");
  Cancellation::check();
  if (!first || first->empty()) {
    throw Error(ErrorKind::Cancelled, "--encrypt", "no passphrase was given");
  }
  std::optional<std::string> second = askSecretOnTerminal("The same once more: ");
  Cancellation::check();
  const bool same = first == second;
  if (second) image::forget(*second);
  if (!same) {
    image::forget(*first);
    throw Error(ErrorKind::Cancelled, "--encrypt", "the two passphrases differ", "start again");
  }
  return std::move(*first);
}

}  // namespace disktwin::cli
