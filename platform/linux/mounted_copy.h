// Work on a filesystem in a file while the kernel has it mounted where nobody sees it.
#pragma once

#include <functional>
#include <string>

namespace disktwin {

// Mounts the Btrfs or XFS in a file for writing, in a child process that is forked for it, and
// calls `work` there with its root folder (of Btrfs that of all subvolumes). Its log is replayed.
// Nothing has the file open any more afterwards, and the kernel has forgotten it. What `work`
// throws is thrown here; Error(Failed) with the kernel's words, Error(Cancelled). Not for several
// threads at once.
void workOnMounted(const std::function<void(int root)>& work, const std::string& file,
                   const std::string& type);

}  // namespace disktwin
