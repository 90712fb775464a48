// What is known of a file, in messages and in manifests.
#pragma once

#include "clone/files/packing.h"
#include "clone/io/hash.h"
#include "platform/mounted_volume.h"

namespace disktwin::files {

void pack(Packer& out, const NodeInfo& info);
void pack(Packer& out, const Hash128& hash);

// What pack() has written, or what somebody who lies has: an unknown type is Other. Throw
// Error(Invalid) where the message ends too early.
NodeInfo unpackInfo(Unpacker& in);
Hash128 unpackHash(Unpacker& in);
NodeType unpackType(Unpacker& in);

}  // namespace disktwin::files
