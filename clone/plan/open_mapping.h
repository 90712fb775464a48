// Encrypted volumes that are open at the moment.
#pragma once

#include "clone/plan/survey.h"

namespace disktwin::plan {

// A LUKS volume keeps secret what is in use in it. While its mapping is open, the filesystem in
// there tells: then only the blocks in use are copied, as they stand, in ciphertext, so that the
// copy holds neither key nor plaintext. Changes the volumes of which that is known, and says in a
// warning what such a copy reveals. Where anything is in doubt they stay as they are.
//
// Only for mappings of dm-crypt alone that show the whole of the data at the same distance: byte b
// of the mapping is byte LuksData::extent.offset + b of the volume (dm-crypt works in place).
void lookThroughOpenMappings(Survey& survey, const DeviceTree& tree);

}  // namespace disktwin::plan
