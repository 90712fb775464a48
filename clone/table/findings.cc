#include "clone/table/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace disktwin::table {
namespace {

constexpr std::size_t kMostFindings = 100;

std::uint64_t lastOf(const Claim& claim) {
  return claim.firstLba + (claim.lbaCount - 1);
}

}  // namespace

void report(Layout& layout, Severity severity, std::string text) {
  const bool room = layout.findings.size() < kMostFindings;
  if (!room && (severity != Severity::Fatal || layout.isFatal())) return;
  layout.findings.push_back({severity, std::move(text)});
}

void reportOverlaps(Layout& layout, std::vector<Claim> claims) {
  std::erase_if(claims, [](const Claim& claim) { return claim.lbaCount == 0; });
  std::stable_sort(claims.begin(), claims.end(),
                   [](const Claim& a, const Claim& b) { return a.firstLba < b.firstLba; });
  const Claim* furthest = nullptr;
  for (const Claim& claim : claims) {
    if (furthest != nullptr && claim.firstLba <= lastOf(*furthest)) {
      report(
          layout, Severity::Fatal,
          fmt::format("{}: sectors {} to {} overlap {} (sectors {} to {}); repair the table first",
                      claim.owner, claim.firstLba, lastOf(claim), furthest->owner,
                      furthest->firstLba, lastOf(*furthest)));
    }
    if (furthest == nullptr || lastOf(claim) > lastOf(*furthest)) furthest = &claim;
  }
}

std::string nameOf(const Partition& partition) {
  const std::string name = partition.name();
  if (name.empty()) return fmt::format("partition {}", partition.number);
  return fmt::format("partition {} ({})", partition.number, name);
}

}  // namespace disktwin::table
