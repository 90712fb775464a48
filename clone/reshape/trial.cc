#include "clone/reshape/trial.h"

#include "platform/error.h"
#include "platform/kernel_resize.h"

namespace disktwin::reshape {

std::string Trial::whyNotMounted(const ReaderPtr& volume, const std::string& type) {
  std::string why = whyNotMount(type);
  if (why.empty()) why = VirtualFile::whyNot();
  if (!why.empty()) return why;
  try {
    const Trial trial(volume);
    try {
      tryToMount(trial.path(), type);
    } catch (const Error&) {
      trial.rethrow();
      throw;
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled || error.kind() == ErrorKind::Read) throw;
    return error.detail();
  }
  return {};
}

std::string Trial::whyNotRenewed(const Reshaper& way, const ReaderPtr& volume,
                                 const fs::VolumeInfo& info, const std::string& uuid) {
  try {
    const Trial trial(volume);
    try {
      way.renew(trial.path(), info, uuid);
    } catch (const Error&) {
      trial.rethrow();
      throw;
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled || error.kind() == ErrorKind::Read) throw;
    return error.subject() + " " + error.detail();
  }
  return {};
}

}  // namespace disktwin::reshape
