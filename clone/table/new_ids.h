// The same table with other identifiers, so that a copy can stand beside its original.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "clone/table/layout.h"

namespace disktwin::table {

// Where new identifiers come from: 16 bytes that look random, for the identifier that stands there
// now. `what` tells several with the same value apart: "disk", "partition 3". Has to give the same
// bytes for the same words.
using IdSource =
    std::function<std::array<std::uint8_t, 16>(const std::string& what, const std::string& before)>;

// With other identifiers of the disk and, on GPT, of each partition (version 4, RFC 4122); on MBR
// partitions are known by the disk's signature, which is never zero here. The signature of a GPT
// disk's MBR changes only where there is one. Types, names, attributes, places and boot code stay.
// Pure.
Layout withNewIds(const Layout& layout, const IdSource& source);

// With the identifiers that another table has; partitions that it has not keep theirs. Pure.
Layout withIdsOf(const Layout& layout, const Layout& other);

// The partition's name below /dev/disk/by-partuuid; empty without a table.
std::string partUuidOf(const Layout& layout, const Partition& partition);

}  // namespace disktwin::table
