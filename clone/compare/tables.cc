#include "clone/compare/tables.h"

#include <fmt/format.h>

#include <set>

#include "platform/error.h"

namespace disktwin::compare {
namespace {

void comparePartitions(const table::Layout& wanted, const table::Layout& found,
                       std::vector<std::string>& out) {
  for (const table::Partition& partition : wanted.partitions) {
    const table::Partition* other = found.find(partition.number);
    if (!other) {
      out.push_back(fmt::format("partition {} is missing", partition.number));
    } else if (*other != partition) {
      const bool place =
          other->firstLba != partition.firstLba || other->lbaCount != partition.lbaCount;
      out.push_back(fmt::format("partition {} has another {}", partition.number,
                                place ? "place or size" : "type, name, id or flags"));
    }
  }
  for (const table::Partition& partition : found.partitions) {
    if (!wanted.find(partition.number)) {
      out.push_back(fmt::format("partition {} is not on the source", partition.number));
    }
  }
}

// What else stands there was not asked about.
table::Layout onlyAskedFor(const table::Layout& found, const std::set<std::uint32_t>& wanted) {
  std::set<std::uint32_t> numbers;
  for (const table::Partition& partition : found.partitions) {
    if (wanted.contains(partition.number)) numbers.insert(partition.number);
  }
  return numbers.empty() ? found : table::withOnly(found, numbers);
}

}  // namespace

std::vector<std::string> compareTables(const plan::Plan& plan, const BlockReader& other) {
  std::vector<std::string> out;
  const table::Layout& wanted = plan.targetLayout;
  if (wanted.kind == table::TableKind::None) return out;
  table::Layout found = table::parse(other);
  for (const table::Finding& finding : found.findings) {
    if (finding.severity == table::Severity::Fatal) out.push_back(finding.text);
  }
  if (!out.empty()) return out;
  if (found.kind != wanted.kind) {
    out.push_back(fmt::format("its partition table is {}, expected {}", kindName(found.kind),
                              kindName(wanted.kind)));
    return out;
  }
  if (found.sectorSize == wanted.sectorSize) {
    try {
      if (!plan.request.partitions.empty()) found = onlyAskedFor(found, plan.request.partitions);
      found = table::relocated(found, wanted.sectorCount);
    } catch (const Error& error) {
      out.push_back(error.detail());
      return out;
    }
  }
  if (found == wanted) return out;
  comparePartitions(wanted, found, out);
  if (out.empty()) out.push_back("the disk's id, signature, boot code or table format differs");
  return out;
}

}  // namespace disktwin::compare
