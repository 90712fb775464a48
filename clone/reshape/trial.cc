#include "clone/reshape/trial.h"

#include <functional>

#include "platform/error.h"
#include "platform/kernel_edit.h"
#include "platform/kernel_resize.h"

namespace disktwin::reshape {
namespace {

// What goes wrong with a view of the volume, in the words of `said`; empty when nothing does.
std::string whyNot(const ReaderPtr& volume, const std::function<void(const std::string&)>& work,
                   const std::function<std::string(const Error&)>& said) {
  try {
    const Trial trial(volume);
    try {
      work(trial.path());
    } catch (const Error&) {
      trial.rethrow();
      throw;
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled || error.kind() == ErrorKind::Read) throw;
    return said(error);
  }
  return {};
}

std::string detailOf(const Error& error) {
  return error.detail();
}

std::string subjectAndDetailOf(const Error& error) {
  return error.subject() + " " + error.detail();
}

}  // namespace

std::string Trial::whyNotMounted(const ReaderPtr& volume, const std::string& type) {
  std::string why = whyNotMount(type);
  if (why.empty()) why = VirtualFile::whyNot();
  if (!why.empty()) return why;
  return whyNot(
      volume, [&](const std::string& file) { tryToMount(file, type); }, detailOf);
}

std::string Trial::whyNotOverwritten(const ReaderPtr& volume, const std::string& type,
                                     const std::string& path, const std::string& before,
                                     std::size_t size) {
  std::string why = whyNotMount(type);
  if (why.empty()) why = VirtualFile::whyNot();
  if (!why.empty()) return why;
  const auto work = [&](const std::string& file) {
    overwriteByKernel(file, type, path, before, std::string(size, '\0'));
  };
  return whyNot(volume, work, subjectAndDetailOf);
}

std::string Trial::whyNotRenewed(const Reshaper& way, const ReaderPtr& volume,
                                 const fs::VolumeInfo& info, const std::string& uuid) {
  const auto work = [&](const std::string& file) { way.renew(file, info, uuid); };
  return whyNot(volume, work, subjectAndDetailOf);
}

}  // namespace disktwin::reshape
