// Files of filesystems that only the kernel changes: Btrfs and XFS, while they are mounted where
// nobody sees it (see kernel_resize.h).
#pragma once

#include <string>

namespace disktwin {

// Mounts the filesystem in `file` and gives the regular file `path` ("/etc/fstab"; of Btrfs below
// the folder that all subvolumes lie in) another content, shorter or longer. Its log is replayed,
// and then the file has to hold `before`. Times of the last change stay, and so does everything
// else but the inode's own. Links lead nowhere out of the filesystem. Throws Error(Failed) with the
// kernel's words, also for a file that holds something else; Error(Cancelled).
void overwriteByKernel(const std::string& file, const std::string& type, const std::string& path,
                       const std::string& before, const std::string& content);

}  // namespace disktwin
