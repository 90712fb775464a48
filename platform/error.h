// The one error type of the project: thrown anywhere, caught at a thread's boundary and in main().
#pragma once

#include <exception>
#include <optional>
#include <string>

#include "platform/extent.h"

namespace disktwin {

// What went wrong, as far as a caller has to tell it apart. The exit codes follow from it.
enum class ErrorKind {
  Failed,        // anything else that ended the work
  Read,          // the source could not be read
  Write,         // the target could not be written
  NoSpace,       // the file system under the target is full
  Invalid,       // bytes on a disk contradict themselves or their specification
  Usage,         // the command line makes no sense
  Refused,       // it would work, but might destroy something
  Mismatch,      // two things that should be equal are not
  Cancelled,     // the user said stop
  DidNotComeUp,  // the system on a disk, in a virtual machine
  CannotTell,    // whether it did
};

// Process exit code for an error of this kind, as documented in docs/protocol.md.
int exitCode(ErrorKind kind);

// A short lower-case word for it, part of the JSON protocol ("read", "refused", ...).
const char* errorName(ErrorKind kind);

class Error : public std::exception {
 public:
  // subject: which device, file or option; what: found against expected; hint: what to do next
  // (may be empty); where: the byte range concerned, relative to the subject.
  Error(ErrorKind kind, std::string subject, std::string what, std::string hint = {},
        std::optional<Extent> where = std::nullopt);

  // "subject: what; hint", one line.
  const char* what() const noexcept override { return message_.c_str(); }

  ErrorKind kind() const { return kind_; }
  const std::string& subject() const { return subject_; }
  const std::string& detail() const { return detail_; }
  const std::string& hint() const { return hint_; }
  const std::optional<Extent>& where() const { return where_; }

 private:
  ErrorKind kind_;
  std::string subject_;
  std::string detail_;
  std::string hint_;
  std::optional<Extent> where_;
  std::string message_;
};

}  // namespace disktwin
