// What is said between a FileTree and the child that reads for it.
//
// The child says Ready or Failed once it has opened the volume; then it answers one request after
// the other. While it works it may ask for bytes of the volume.
#pragma once

#include <cstddef>
#include <cstdint>

#include "platform/extent.h"

namespace disktwin::files {

enum class Kind : std::uint32_t {
  // From the child.
  Ready = 1,  // number: whether names differ by more than case
  Failed,     // text: why
  Answer,     // as the request says
  NeedBytes,  // number: offset, number: length, number: Need
  // To the child.
  Request = 16,  // number: Operation, text: path, number: node, number: offset, number: length
  Bytes,         // the bytes that were asked for
  NoBytes,       // they cannot be had
};

enum class Operation : std::uint64_t {
  // number: 0 when there is nothing of that name; otherwise 1, its node, and what is known of it
  Stat = 1,  // offset: 1 to follow a link at the path's end
  List,      // offset: entries to skip. Answer: number: more to come; then type and text for each
  Read,      // bytes from offset on, fewer than length only at the end
  ReadLink,  // text
  // The following are asked for by a node's number, which the child has given, and not by a path.
  //
  // Entries of a folder in the order of their names; offset: entries to skip. Answer: number: more
  // to come; then of each name and node, and 1 and what is known of it, or 0 and why it cannot be
  // looked at.
  Describe,
  // Of the bytes from offset on, at most length. Answer: how many there were, and their hash.
  Hash,
  // Of what belongs to it besides its content: extended attributes, streams. Answer: the hash.
  HashExtras,
  NodeLink,  // as ReadLink
  NodeRead,  // as Read
};

inline constexpr std::size_t kLargestRead = MiB;
// Of one answer to List, about.
inline constexpr std::size_t kListBytes = 256 * KiB;

}  // namespace disktwin::files
