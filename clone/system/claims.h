// Reasons why a partition is what it is, and for which system.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "clone/plan/survey.h"
#include "clone/system/places.h"

namespace disktwin::system {

struct Claim {
  std::uint32_t partition = 0;
  plan::Role role = plan::Role::Data;
  std::string why;                    // a clause
  std::optional<std::size_t> system;  // which of the found ones needs it; nullopt: none, or unknown
  // Said of a volume that could hold anything else as well (mounted at /mnt).
  bool isWeak = false;
};

// A system that was found, with what its root says.
struct Found {
  plan::System system;
  std::size_t place = 0;       // of its root
  const Root* root = nullptr;  // null: the running system, of which only the mounts are known
};

// Everything that is known before anything is concluded. `places` have been looked into.
struct Scene {
  const plan::Survey& survey;
  const std::vector<Place>& places;
  std::vector<Found> systems;
};

// The systems whose roots lie on these places, and the running one; numbered, without partitions.
std::vector<Found> systemsOf(const plan::Survey& survey, const std::vector<Place>& places);

// From roots, and from what the systems' own tables and this machine's mounts say.
std::vector<Claim> claimsOfTables(const Scene& scene);
// From partition types and from what lies on a volume; `known` are those of the tables.
std::vector<Claim> claimsOfContents(const Scene& scene, const std::vector<Claim>& known);

}  // namespace disktwin::system
