// The passphrase of encrypted images: from a file, asked for at the terminal, or of whoever speaks
// to the program; never from the command line, where everybody could read it.
#pragma once

#include <optional>
#include <string>

#include "cli/arguments.h"
#include "cli/output.h"
#include "image/read/catalog.h"

namespace disktwin::cli {

// --passphrase-file, --parent: every verb that opens an image takes them. A capture means another
// thing by --parent, and says so.
inline constexpr const char* kParentHelp =
    "an image that an incremental one builds on, where it is not beside it (may be repeated)";
void addImageOptions(Options& options, const char* parentHelp = kParentHelp);

class Passphrase {
 public:
  // `output` says where one can be asked for: in text style at the terminal, otherwise where
  // commands come from.
  Passphrase(const Arguments& arguments, const Output& output);
  ~Passphrase();
  Passphrase(const Passphrase&) = delete;
  Passphrase& operator=(const Passphrase&) = delete;

  // To open an image that exists. Asked for once, for all images of a chain; again after a wrong
  // one, but at the terminal. nullopt when nobody is there.
  image::CatalogBuilder::Ask asker();
  // Whether there is one for that image without a terminal; asks for it if it has to.
  bool isGiven(const std::string& image);
  // For a new image: at the terminal asked for twice. Throws Error(Refused) without one,
  // Error(Usage) for an empty one, Error(Cancelled) when the two differ.
  std::string forNewImage(const std::string& image);

 private:
  std::optional<std::string> known(const std::string& image, unsigned attempt);
  std::string askTwice();
  void keep(std::optional<std::string> secret);

  const bool mayUseTerminal_;
  Answers* const answers_;  // null: nobody can be asked there
  std::string file_;
  std::optional<std::string> secret_;
};

}  // namespace disktwin::cli
