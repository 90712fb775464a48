#include "clone/system/editing.h"

#include <fmt/format.h>

#include "clone/reshape/reshaper.h"
#include "platform/virtual_file.h"

namespace disktwin::system {

std::string whyNotEdit(const plan::Volume& volume, const std::vector<plan::FileEdit>& edits) {
  if (!volume.fs) return volume.doubt;
  const fs::VolumeInfo& info = volume.fs->info();
  const reshape::Reshaper* way = reshape::reshaperFor(info.type);
  if (way == nullptr) return fmt::format("files of {} cannot be changed", info.type);
  if (std::string why = VirtualFile::whyNot(); !why.empty()) return why;
  std::size_t all = 0;
  for (const plan::FileEdit& edit : edits) {
    all += edit.content.size();
    std::string why = way->whyNotEdit(volume.reader, info, edit.path, edit.before,
                                      edit.isNew ? all : edit.content.size());
    if (!why.empty()) return why;
  }
  return {};
}

}  // namespace disktwin::system
