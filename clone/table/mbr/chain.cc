#include "clone/table/mbr/chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "clone/table/findings.h"
#include "clone/table/mbr/format.h"

namespace disktwin::table::mbr {
namespace {

// Linux gives a disk at most 256 minor numbers, so no partition beyond number 255.
constexpr std::uint32_t kLastNumber = 255;
constexpr std::uint32_t kFirstLogical = 5;
// Records without a partition are rare; this many can only be an accident.
constexpr std::size_t kMostEmpty = 100;

// One extended boot record, its entries told apart.
struct Record {
  std::uint64_t lba = 0;
  RawEbr raw{};
  std::array<MbrEntry, 4> entries{};
  std::vector<std::uint8_t> data;        // slots that announce a partition
  std::optional<std::uint8_t> linkSlot;  // the first that links on
};

bool lies(std::uint64_t first, std::uint64_t count, const Partition& within) {
  return first >= within.firstLba && extentFits(first - within.firstLba, count, within.lbaCount);
}

// The third and fourth entries often hold garbage; Linux believes in them when they fit in (the
// function parse_extended() in block/partitions/msdos.c).
bool announces(const MbrEntry& entry, std::uint8_t slot, std::uint64_t ebrLba,
               const Partition& container) {
  if (entry.isEmpty() || entry.isExtended()) return false;
  return slot < 2 || lies(ebrLba + entry.firstLba, entry.lbaCount, container);
}

Record tellApart(const RawEbr& raw, std::uint64_t lba, const Partition& container) {
  Record record{lba, raw, decodeEntries(raw.entries), {}, {}};
  for (std::uint8_t slot = 0; slot < 4; ++slot) {
    const MbrEntry& entry = record.entries[slot];
    if (announces(entry, slot, lba, container)) record.data.push_back(slot);
    if (!entry.isEmpty() && entry.isExtended() && !record.linkSlot) record.linkSlot = slot;
  }
  return record;
}

LogicalLink linkOf(const Record& record, std::uint8_t slot) {
  LogicalLink out;
  out.ebrLba = record.lba;
  out.bootCode = record.raw.bootCode;
  out.slot = slot;
  out.linkSlot = record.linkSlot.value_or(slot == 0 ? std::uint8_t{1} : std::uint8_t{0});
  out.link = record.entries[out.linkSlot];
  auto other = out.others.begin();
  for (std::uint8_t i = 0; i < 4 && other != out.others.end(); ++i) {
    if (i != out.slot && i != out.linkSlot) *other++ = record.entries[i];
  }
  return out;
}

class Walk {
 public:
  Walk(const BlockReader& disk, const Partition& container, Layout& layout)
      : disk_(disk), container_(container), layout_(layout) {}

  bool run() {
    std::uint64_t lba = container_.firstLba;
    while (lba != 0) {
      if (!mayVisit(lba)) return true;
      const auto raw = readStruct<RawEbr>(disk_, lba * layout_.sectorSize);
      if (raw.magic.value() != kMagic) return missing(raw, lba);
      const Record record = tellApart(raw, lba, container_);
      if (!take(record)) return true;
      lba = nextEbr(container_, record.entries);
    }
    return true;
  }

 private:
  bool fatal(std::string text) {
    report(layout_, Severity::Fatal, std::move(text));
    return false;
  }

  bool mayVisit(std::uint64_t lba) {
    if (!visited_.insert(lba).second) {
      return fatal(
          fmt::format("extended partition {}: its chain of boot records comes back to sector "
                      "{}; repair the table first",
                      container_.number, lba));
    }
    if (!lies(lba, 1, container_)) {
      return fatal(
          fmt::format("extended partition {}: a link leads to sector {}, outside of the "
                      "partition's {} to {}; repair the table first",
                      container_.number, lba, container_.firstLba, container_.endLba() - 1));
    }
    if (lba >= layout_.sectorCount) {
      return fatal(
          fmt::format("extended partition {}: its boot record would lie at sector {}, but "
                      "the disk has only {}; was the disk cut short?",
                      container_.number, lba, layout_.sectorCount));
    }
    return true;
  }

  bool missing(const RawEbr& raw, std::uint64_t lba) {
    const auto bytes = std::as_bytes(std::span(&raw, 1));
    const bool zero =
        std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
    if (lba == container_.firstLba && zero) {
      report(layout_, Severity::Note,
             fmt::format("extended partition {}: has no boot record, so no logical partitions",
                         container_.number));
    } else {
      fatal(
          fmt::format("extended partition {}: no boot record (55 AA) at sector {}, where one was "
                      "expected; logical partitions may be lost, repair the table first",
                      container_.number, lba));
    }
    return false;
  }

  bool take(const Record& record) {
    if (record.data.empty()) return takeEmpty(record);
    for (const std::uint8_t slot : record.data) {
      if (next_ > kLastNumber) {
        return fatal(
            fmt::format("extended partition {}: has more logical partitions than Linux can "
                        "number (up to {})",
                        container_.number, kLastNumber));
      }
      Partition partition;
      partition.number = next_++;
      partition.mbr = record.entries[slot];
      partition.firstLba = record.lba + partition.mbr.firstLba;
      partition.lbaCount = partition.mbr.lbaCount;
      partition.logical = linkOf(record, slot);
      layout_.partitions.push_back(std::move(partition));
    }
    if (record.data.size() > 1) {
      fatal(fmt::format(
          "extended partition {}: the boot record at sector {} announces {} partitions, "
          "expected one; systems differ in how they number those",
          container_.number, record.lba, record.data.size()));
    }
    return true;
  }

  bool takeEmpty(const Record& record) {
    layout_.emptyEbrs.push_back({record.lba, record.raw.bootCode, record.entries});
    if (layout_.emptyEbrs.size() <= kMostEmpty) return true;
    return fatal(fmt::format("extended partition {}: more than {} boot records without a partition",
                             container_.number, kMostEmpty));
  }

  const BlockReader& disk_;
  const Partition& container_;
  Layout& layout_;
  std::unordered_set<std::uint64_t> visited_;
  std::uint32_t next_ = kFirstLogical;
};

}  // namespace

std::uint64_t nextEbr(const Partition& container, const std::array<MbrEntry, 4>& entries) {
  for (const MbrEntry& entry : entries) {
    if (!entry.isEmpty() && entry.isExtended()) return container.firstLba + entry.firstLba;
  }
  return 0;
}

std::uint64_t nextEbr(const Partition& container, const LogicalLink& link) {
  return link.link.isEmpty() ? 0 : container.firstLba + link.link.firstLba;
}

bool readChain(const BlockReader& disk, const Partition& container, Layout& layout) {
  return Walk(disk, container, layout).run();
}

bool holdsChain(const BlockReader& disk, const Partition& container, const Layout& layout) {
  if (container.firstLba >= layout.sectorCount) return false;
  const auto raw = readStruct<RawEbr>(disk, container.firstLba * layout.sectorSize);
  if (raw.magic.value() != kMagic) return false;
  const Record record = tellApart(raw, container.firstLba, container);
  return !record.data.empty() || record.linkSlot.has_value();
}

}  // namespace disktwin::table::mbr
