// Which system calls a confined process may make.
#pragma once

namespace disktwin {

// From now on every call that computing and speaking over open sockets does not need fails with
// EPERM; `readFiles` adds those that look into folders and files.
void filterCalls(bool readFiles);

}  // namespace disktwin
