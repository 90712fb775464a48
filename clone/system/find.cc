#include "clone/system/find.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "clone/files/open.h"
#include "clone/system/claims.h"

namespace disktwin::system {
namespace {

using plan::Role;

constexpr std::size_t kMostReasons = 8;

// Of several roles the one without which most is lost.
int weight(Role role) {
  switch (role) {
    case Role::Os:
      return 7;
    case Role::EfiSystem:
      return 6;
    case Role::Boot:
      return 5;
    case Role::Swap:
      return 4;
    case Role::Recovery:
      return 3;
    case Role::Reserved:
      return 2;
    case Role::Unknown:
      return 1;
    case Role::Data:
      break;
  }
  return 0;
}

void addReason(std::string& all, const std::string& why) {
  const auto count = static_cast<std::size_t>(std::count(all.begin(), all.end(), ';'));
  if (why.empty() || count >= kMostReasons ||
      ("; " + all + "; ").find("; " + why + "; ") != std::string::npos) {
    return;
  }
  all += (all.empty() ? "" : "; ") + why;
}

bool holdsVolumes(const std::string& type) {
  return type == "LVM2_member" || type == "crypto_LUKS";
}

void lookIntoAll(std::vector<Place>& places) {
  for (Place& place : places) {
    const bool isNoFilesystem = place.type.empty() || place.type == "swap";
    if (!place.reader || isNoFilesystem || holdsVolumes(place.type)) continue;
    place.evidence = lookInto(place.reader, place.type);
  }
}

// Why nobody can tell what is in a place, as a clause; empty when it is known.
std::string whyUnknown(const Place& place) {
  if (place.state == fs::VolumeState::NeedsRecovery) {
    return "its log has not been replayed, so not all of its files may show";
  }
  if (place.state == fs::VolumeState::Hibernated) {
    return "a sleeping system has it in memory, so not all of its files may show";
  }
  const Evidence& evidence = place.evidence;
  if (place.locked) return "it is encrypted, and locked";
  if (!evidence.unread.empty()) return fmt::format("its files cannot be read: {}", evidence.unread);
  if (evidence.looked || place.type == "swap" || holdsVolumes(place.type)) return {};
  return place.doubt.empty() ? "nothing known was found on it" : place.doubt;
}

// The partition's type says that it is the users'.
bool isTypedAsData(const plan::Volume& volume) {
  return volume.kind.name == "Linux /home" || volume.kind.name == "Linux /srv" ||
         volume.kind.name == "Linux /var/tmp";
}

void decide(plan::Volume& volume, const std::vector<Place>& places,
            const std::vector<Claim>& claims) {
  std::vector<const Claim*> own;
  for (const Claim& claim : claims) {
    if (claim.partition == volume.partition) own.push_back(&claim);
  }
  std::stable_sort(own.begin(), own.end(), [](const Claim* a, const Claim* b) {
    return weight(a->role) > weight(b->role);
  });
  std::string unknown;
  for (const Place& place : places) {
    if (place.partition != volume.partition) continue;
    const std::string why = whyUnknown(place);
    if (why.empty()) continue;
    addReason(unknown, place.inside.empty() ? why : fmt::format("{}: {}", place.inside, why));
  }
  std::string why;
  for (const Claim* claim : own) addReason(why, claim->why);
  const bool isClaimed = !own.empty() && own.front()->role != Role::Data;
  const bool isUsers =
      isTypedAsData(volume) ||
      std::any_of(own.begin(), own.end(), [](const Claim* claim) { return !claim->isWeak; });
  if (isClaimed) {
    volume.role = own.front()->role;
  } else if (!unknown.empty() && !isUsers) {
    volume.role = Role::Unknown;
    why = unknown + (why.empty() ? "" : "; " + why);
  } else {
    volume.role = Role::Data;
    if (isTypedAsData(volume)) addReason(why, "partition type " + volume.kind.name);
    if (why.empty()) why = "no system was found on it, and none here uses it";
  }
  volume.roleWhy = std::move(why);
}

std::vector<plan::System> finished(const std::vector<Found>& found,
                                   const std::vector<Claim>& claims,
                                   const std::vector<plan::Volume>& volumes) {
  std::vector<plan::System> out;
  for (std::size_t i = 0; i < found.size(); ++i) {
    plan::System system = found[i].system;
    for (const plan::Volume& volume : volumes) {
      plan::SystemPartition part{volume.partition, Role::Data, {}};
      for (const Claim& claim : claims) {
        if (claim.partition != volume.partition || claim.system != i) continue;
        if (weight(claim.role) > weight(part.role)) part.role = claim.role;
        addReason(part.why, claim.why);
      }
      if (part.role != Role::Data) system.partitions.push_back(std::move(part));
    }
    out.push_back(std::move(system));
  }
  return out;
}

}  // namespace

void findSystems(plan::Survey& survey) {
  if (survey.systemsSought) return;
  std::vector<Place> places = placesOf(survey);
  lookIntoAll(places);
  const Scene scene{survey, places, systemsOf(survey, places)};
  std::vector<Claim> claims = claimsOfTables(scene);
  const std::vector<Claim> more = claimsOfContents(scene, claims);
  claims.insert(claims.end(), more.begin(), more.end());
  for (plan::Volume& volume : survey.volumes) {
    // Nothing is to be expected in a loader's own partition.
    decide(volume, places, claims);
  }
  survey.systemsSought = true;
  survey.systems = finished(scene.systems, claims, survey.volumes);
}

}  // namespace disktwin::system
