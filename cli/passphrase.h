// The passphrase of encrypted images: from a file, or asked for at the terminal; never from the
// command line, where everybody could read it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "cli/arguments.h"
#include "image/read/catalog.h"

namespace disktwin::cli {

// --passphrase-file, --parent: every verb that opens an image takes them. A capture means another
// thing by --parent, and says so.
inline constexpr const char* kParentHelp =
    "an image that an incremental one builds on, where it is not beside it (may be repeated)";
void addImageOptions(Options& options, const char* parentHelp = kParentHelp);

class Passphrase {
 public:
  // `mayAsk`: whether there may be somebody at the terminal.
  Passphrase(const Arguments& arguments, bool mayAsk);
  ~Passphrase();
  Passphrase(const Passphrase&) = delete;
  Passphrase& operator=(const Passphrase&) = delete;

  // To open an image that exists. Asked for once, for all images of a chain. nullopt when nobody is
  // there.
  image::CatalogBuilder::Ask asker();
  // For a new image: asked for twice. Throws Error(Refused) without one, Error(Usage) for an empty
  // one, Error(Cancelled) when the two differ.
  std::string forNewImage();

 private:
  std::optional<std::string> known(const std::string& image);

  bool mayAsk_;
  std::string file_;
  std::optional<std::string> secret_;
};

}  // namespace disktwin::cli
