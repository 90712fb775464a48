// A volume for a tool to look at and even write to, of which nothing remains.
#pragma once

#include "clone/io/overlay.h"
#include "clone/reshape/reshaper.h"
#include "platform/virtual_file.h"

namespace disktwin::reshape {

class Trial {
 public:
  explicit Trial(const ReaderPtr& volume) : overlay_(volume, volume->size(), {}), file_(overlay_) {}
  const std::string& path() const { return file_.path(); }
  // Why the kernel does not mount it, as a clause; empty when it does. Throws only Error(Read) and
  // Error(Cancelled).
  static std::string whyNotMounted(const ReaderPtr& volume, const std::string& type);
  // Why the kernel does not give a file that holds `before` a content of `size` bytes, likewise.
  static std::string whyNotOverwritten(const ReaderPtr& volume, const std::string& type,
                                       const std::string& path, const std::string& before,
                                       std::size_t size);
  // Why the way's renew() does not work, as a clause; empty when it does. For those that write
  // little. Throws only Error(Read) and Error(Cancelled).
  static std::string whyNotRenewed(const Reshaper& way, const ReaderPtr& volume,
                                   const fs::VolumeInfo& info, const std::string& uuid);
  // What went wrong below the tool counts more than its own complaint.
  void rethrow() const { file_.rethrow(); }

 private:
  Overlay overlay_;
  VirtualFile file_;
};

}  // namespace disktwin::reshape
