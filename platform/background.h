// Stepping back behind whatever else runs on the machine.
#pragma once

namespace disktwin {

// From now on this process, its threads and the programs that it starts get processor time and the
// disks last. Best effort. Call before there are threads.
void runInBackground();

}  // namespace disktwin
