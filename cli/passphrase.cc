#include "cli/passphrase.h"

#include <fmt/format.h>

#include "image/format/seal.h"
#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/small_file.h"
#include "platform/terminal.h"

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

Passphrase::Passphrase(const Arguments& arguments, bool mayAsk)
    : mayAsk_(mayAsk), file_(arguments.text("passphrase-file")) {
  if (file_.empty()) return;
  secret_ = readSmallFile(file_, kLongest);
  if (secret_->ends_with('\n')) secret_->pop_back();
  if (secret_->empty()) {
    throw Error(ErrorKind::Usage, file_, "holds no passphrase: it is empty");
  }
}

Passphrase::~Passphrase() {
  if (secret_) image::forget(*secret_);
}

std::optional<std::string> Passphrase::known(const std::string& image) {
  if (secret_ || !mayAsk_ || !haveTerminal()) return secret_;
  secret_ = askSecretOnTerminal(fmt::format("Passphrase of {}: ", image));
  Cancellation::check();
  return secret_;
}

image::CatalogBuilder::Ask Passphrase::asker() {
  return [this](const std::string& image) { return known(image); };
}

std::string Passphrase::forNewImage() {
  if (secret_) return *secret_;
  if (!mayAsk_ || !haveTerminal()) {
    throw Error(ErrorKind::Refused, "--encrypt", "nobody is there to be asked for a passphrase",
                "give it with --passphrase-file");
  }
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
  secret_ = std::move(*first);
  return *secret_;
}

}  // namespace disktwin::cli
