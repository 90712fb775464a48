#include "clone/plan/new_ids.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <span>

#include "clone/io/hash.h"
#include "clone/plan/plan.h"
#include "clone/plan/regions.h"
#include "clone/reshape/reshaper.h"
#include "clone/table/new_ids.h"
#include "platform/virtual_file.h"

namespace disktwin::plan {
namespace {

void add(Hasher& hasher, std::string_view text) {
  const std::uint64_t size = text.size();
  hasher.add(std::as_bytes(std::span(&size, 1)));
  hasher.add(std::as_bytes(std::span(text.data(), text.size())));
}

std::array<std::uint8_t, 16> derive(const Hash128& seed, std::string_view what,
                                    std::string_view before) {
  Hasher hasher;
  hasher.add(seed);
  add(hasher, what);
  add(hasher, before);
  const Hash128 hash = hasher.result();
  std::array<std::uint8_t, 16> out{};
  for (std::size_t i = 0; i < 8; ++i) {
    out[i] = static_cast<std::uint8_t>(hash.high >> (8 * i));
    out[8 + i] = static_cast<std::uint8_t>(hash.low >> (8 * i));
  }
  return out;
}

Hash128 seedOf(const Survey& survey, const Endpoint& from, const Endpoint& to) {
  Hasher hasher;
  add(hasher, "identifiers of a copy");
  add(hasher, from.identity());
  add(hasher, to.identity());
  add(hasher, survey.layout.gpt.diskId.toString());
  add(hasher, fmt::format("{:08x}", survey.layout.mbr.diskSignature));
  for (const table::Partition& partition : survey.layout.partitions) {
    add(hasher, partition.id.toString());
  }
  for (const Volume& volume : survey.volumes) add(hasher, volume.uuid);
  return hasher.result();
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Why the filesystem keeps its UUID, as a clause; empty when it gets `after`.
std::string whyKept(const Volume& volume, const std::string& after) {
  std::string why = whyWhole(volume);
  if (!why.empty()) return "it is copied whole: " + why;
  const fs::VolumeInfo& info = volume.fs->info();
  const reshape::Reshaper* way = reshape::reshaperFor(info.type);
  if (way == nullptr) return reshape::whyNotRenewed(info.type);
  why = VirtualFile::whyNot();
  return why.empty() ? way->whyNotRenew(volume.reader, info, after) : why;
}

void addTable(const table::Layout& before, const table::Layout& after, const auto& isTaken,
              std::vector<NewId>& out) {
  using Kind = NewId::Kind;
  if (before.kind == table::TableKind::Gpt) {
    out.push_back(
        {Kind::Disk, 0, lower(before.gpt.diskId.toString()), lower(after.gpt.diskId.toString())});
  }
  if (before.mbr.diskSignature != after.mbr.diskSignature) {
    out.push_back({Kind::Disk, 0, fmt::format("{:08x}", before.mbr.diskSignature),
                   fmt::format("{:08x}", after.mbr.diskSignature)});
  }
  for (const table::Partition& partition : before.partitions) {
    if (partition.isContainer() || !isTaken(partition.number)) continue;
    out.push_back({Kind::Partition, partition.number, table::partUuidOf(before, partition),
                   table::partUuidOf(after, *after.find(partition.number))});
  }
}

}  // namespace

const char* kindName(NewId::Kind kind) {
  switch (kind) {
    case NewId::Kind::Disk:
      return "disk";
    case NewId::Kind::Partition:
      return "partition";
    case NewId::Kind::FileSystem:
      break;
  }
  return "filesystem";
}

std::string NewIds::uuidFor(std::uint32_t partition) const {
  for (const NewId& id : changes) {
    if (id.kind == NewId::Kind::FileSystem && id.partition == partition) return id.after;
  }
  return {};
}

std::string idLike(std::string_view before, const std::array<std::uint8_t, 16>& bytes) {
  std::array<std::uint8_t, 16> from = bytes;
  if (before.size() == 36) {  // RFC 4122, section 4.4
    from[6] = static_cast<std::uint8_t>((from[6] & 0x0F) | 0x40);
    from[8] = static_cast<std::uint8_t>((from[8] & 0x3F) | 0x80);
  }
  const bool isLower = std::ranges::any_of(before, [](char c) { return c >= 'a' && c <= 'f'; });
  const bool isUpper = std::ranges::any_of(before, [](char c) { return c >= 'A' && c <= 'F'; });
  // Serial numbers are written in upper case, UUIDs in lower.
  const std::string_view digits =
      isUpper || (!isLower && before.size() != 36) ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out(before);
  std::size_t digit = 0;
  for (char& c : out) {
    if (c == '-') continue;
    const std::uint8_t byte = from[digit / 2 % from.size()];
    c = digits[digit % 2 == 0 ? byte >> 4 : byte & 15];
    ++digit;
  }
  return out;
}

NewIds newIdsFor(const Survey& survey, const Endpoint& from, const Endpoint& to,
                 const std::set<std::uint32_t>& partitions) {
  const auto isTaken = [&](std::uint32_t number) {
    return partitions.empty() || partitions.contains(number);
  };
  NewIds out;
  const Hash128 seed = seedOf(survey, from, to);
  out.inTable = [seed](const table::Layout& layout) {
    return table::withNewIds(layout, [&](const std::string& what, const std::string& before) {
      return derive(seed, what, before);
    });
  };
  addTable(survey.layout, out.inTable(survey.layout), isTaken, out.changes);
  for (const Volume& volume : survey.volumes) {
    if (!isTaken(volume.partition) || volume.uuid.empty()) continue;
    // By its old value alone: what names it cannot tell two with the same apart either.
    const std::string after = idLike(volume.uuid, derive(seed, "filesystem", lower(volume.uuid)));
    const std::string why = whyKept(volume, after);
    if (why.empty()) {
      out.changes.push_back({NewId::Kind::FileSystem, volume.partition, volume.uuid, after});
    } else {
      out.kept.push_back(fmt::format(
          "{}: keeps its identifier {}: {}. While original and copy are in one machine, "
          "it is a matter of luck which of the two is taken.",
          volumeName(volume), volume.uuid, why));
    }
  }
  return out;
}

NewIds idsOfCopy(const Survey& survey, const Survey& copy,
                 const std::set<std::uint32_t>& partitions) {
  const auto isTaken = [&](std::uint32_t number) {
    return (partitions.empty() || partitions.contains(number)) && copy.layout.find(number);
  };
  NewIds all;
  all.inTable = [ids = copy.layout](const table::Layout& layout) {
    return table::withIdsOf(layout, ids);
  };
  addTable(survey.layout, all.inTable(survey.layout), isTaken, all.changes);
  for (const Volume& volume : survey.volumes) {
    const Volume* there = isTaken(volume.partition) ? copy.find(volume.partition) : nullptr;
    if (!there || volume.uuid.empty() || there->uuid.empty()) continue;
    all.changes.push_back({NewId::Kind::FileSystem, volume.partition, volume.uuid, there->uuid});
  }
  NewIds out;
  out.inTable = all.inTable;
  for (const NewId& id : all.changes) {
    if (id.before != id.after) {
      out.changes.push_back(id);
    } else {
      out.kept.push_back(
          fmt::format("{}: both disks have the {} identifier {}.",
                      id.partition == 0 ? "the disk" : fmt::format("partition {}", id.partition),
                      kindName(id.kind), id.before));
    }
  }
  return out;
}

}  // namespace disktwin::plan
