#include "clone/table/mbr/format.h"

#include <algorithm>

namespace disktwin::table::mbr {

MbrEntry decodeEntry(const RawEntry& raw) {
  return {raw.status, raw.firstChs, raw.type, raw.lastChs, raw.firstLba, raw.lbaCount};
}

RawEntry encodeEntry(const MbrEntry& entry) {
  return {entry.status, entry.firstChs, entry.type, entry.lastChs, entry.firstLba, entry.lbaCount};
}

std::array<MbrEntry, 4> decodeEntries(const std::array<RawEntry, 4>& raw) {
  std::array<MbrEntry, 4> out;
  std::transform(raw.begin(), raw.end(), out.begin(), decodeEntry);
  return out;
}

}  // namespace disktwin::table::mbr
