#include "platform/error.h"

#include <utility>

namespace disktwin {

int exitCode(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Usage:
      return 2;
    case ErrorKind::Refused:
      return 3;
    case ErrorKind::Mismatch:
    case ErrorKind::Invalid:
      return 5;
    case ErrorKind::DidNotComeUp:
      return 6;
    case ErrorKind::CannotTell:
      return 7;
    case ErrorKind::Cancelled:
      return 130;
    case ErrorKind::Failed:
    case ErrorKind::Read:
    case ErrorKind::Write:
    case ErrorKind::NoSpace:
      return 1;
  }
  return 1;
}

const char* errorName(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Failed:
      return "failed";
    case ErrorKind::Read:
      return "read";
    case ErrorKind::Write:
      return "write";
    case ErrorKind::NoSpace:
      return "no-space";
    case ErrorKind::Invalid:
      return "invalid";
    case ErrorKind::Usage:
      return "usage";
    case ErrorKind::Refused:
      return "refused";
    case ErrorKind::Mismatch:
      return "mismatch";
    case ErrorKind::Cancelled:
      return "cancelled";
    case ErrorKind::DidNotComeUp:
      return "did-not-come-up";
    case ErrorKind::CannotTell:
      return "cannot-tell";
  }
  return "failed";
}

Error::Error(ErrorKind kind, std::string subject, std::string what, std::string hint,
             std::optional<Extent> where)
    : kind_(kind),
      subject_(std::move(subject)),
      detail_(std::move(what)),
      hint_(std::move(hint)),
      where_(where),
      message_(subject_ + ": " + detail_ + (hint_.empty() ? "" : "; " + hint_)) {}

}  // namespace disktwin
