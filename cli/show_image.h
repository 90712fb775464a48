// `show` of an image: what it says of itself.
#pragma once

#include "cli/arguments.h"
#include "cli/output.h"

namespace disktwin::cli {

// Works without the passphrase for what is public.
int showImage(const Arguments& arguments, Output& output);

}  // namespace disktwin::cli
