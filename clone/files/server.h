// The child's side of a FileTree: answers requests until the parent is gone.
#pragma once

#include "clone/files/backend.h"
#include "platform/confined_process.h"

namespace disktwin::files {

[[noreturn]] void serve(Backend& backend, ChildEnd& parent);

// Tells the parent why the volume cannot be opened.
void sendFailure(ChildEnd& parent, const std::string& why);

}  // namespace disktwin::files
