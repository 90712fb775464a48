// What the text on a console says of a system that starts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace disktwin::machine {

enum class Sign {
  Up,    // somebody may log in
  Down,  // it has stopped on the way
  Asks,  // it waits for a passphrase: nobody can tell how it goes on
};

struct Finding {
  Sign sign = Sign::Down;
  std::string what;     // a clause: "GRUB has stopped at its rescue prompt"
  bool atOnce = false;  // nothing can come after it; otherwise it counts when all has been still
};

// What a serial port has carried as plain text: control sequences become line breaks where they
// move the cursor, and nothing otherwise. Of more than 8 KiB the end.
std::string plainText(std::string_view console);

// The last sign in a text; unknown characters (see screen.h) may be any. Nullopt when there is
// none.
std::optional<Finding> findSign(const std::string& text);

}  // namespace disktwin::machine
