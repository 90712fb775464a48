// What others take a volume for, so that no reader's word stands alone.
#pragma once

#include <optional>

#include "clone/io/block_reader.h"
#include "platform/identify.h"

namespace disktwin::fs {

// By libblkid, where there is a file or device in which the volume lies in one piece; bcachefs also
// by its mark, since libblkid only knows it from 2.39 on. Nothing when nobody knows it. Never
// throws for what the bytes say, only Error(Read).
std::optional<ForeignName> secondOpinion(const BlockReader& volume);

}  // namespace disktwin::fs
