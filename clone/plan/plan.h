// What a clone will do, as a value: it can be printed, compared, stored as JSON, and run.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "clone/io/extent_set.h"
#include "clone/plan/file_edit.h"
#include "clone/plan/fit.h"
#include "clone/plan/new_ids.h"
#include "clone/plan/survey.h"
#include "clone/table/layout.h"

namespace disktwin::plan {

enum class EndpointKind { Disk, Partition, File };
// "disk", "partition", "file": part of the JSON protocol.
const char* kindName(EndpointKind kind);
// The reverse; File for anything else.
EndpointKind endpointKind(const std::string& name);

// What the user named, and how to know it again tomorrow.
struct Endpoint {
  EndpointKind kind = EndpointKind::File;
  std::string path;      // as the user gave it
  std::string realPath;  // links followed
  std::string byId;      // a name under /dev/disk/by-id, when there is one
  std::string model;
  std::string serial;  // of an image: its id
  std::string wwn;
  std::string bus;
  std::uint64_t size = 0;        // bytes
  std::uint32_t sectorSize = 0;  // logical, bytes; 0: a file, which takes any
  std::uint64_t optimalIo = 0;   // what the hardware likes to be written in, bytes; 0: not said

  // Serial number or WWN for hardware that has one, whatever the kernel calls it today; the path
  // otherwise.
  std::string identity() const;
  // "/dev/sdb (Samsung SSD 870, serial S5Y1...)"
  std::string describe() const;
};

struct Target : Endpoint {
  bool isNew = false;                 // a file that will be created
  table::Layout oldLayout;            // what stands there now; kind None when nothing does
  std::vector<std::string> contents;  // what will be lost, a phrase each
};

// How the source's volumes can be read before they are copied.
enum class Access {
  AtRandom,
  // Once, from front to back: nothing of them is known but what comes before them. What has to be
  // changed in the copy is changed there, when it has been copied.
  FrontToBack,
  // Parts of them are missing: nothing is changed.
  Damaged,
};

struct Request {
  bool allSectors = false;
  std::set<std::uint32_t> partitions;  // empty: all
  FitRequest fit{FitRequest::Mode::Keep, {}};
  // Where partitions are on a disk that exists, and how large: the plan is for that one. By number,
  // in sectors; those that are not named stay.
  std::map<std::uint32_t, table::Place> places{};
  std::map<std::uint32_t, std::vector<FileEdit>> edits{};  // by partition
  Access access = Access::AtRandom;
  // The copy gets these identifiers instead of the source's; from newIdsFor() for the same
  // partitions.
  std::optional<NewIds> newIds{};
};

// How the bytes of a region are chosen.
enum class How { Used, All };
const char* howName(How how);  // "used blocks", "all"

// A part of the source that is copied as one, at one distance to its place on the target.
struct Region {
  std::uint32_t partition = 0;  // 0: outside partitions, or a disk without a table
  std::string what;             // "partition 2, ext4 \"root\""
  How how = How::All;
  std::string why;           // why all of it, when less was to be expected
  Extent source;             // bytes on the source
  std::uint64_t target = 0;  // bytes on the target
  // The size in bytes to which the filesystem is brought by its own tools, in the copy; 0: it keeps
  // its size. `extents` are then what is in use now, an estimate of what will be copied.
  std::uint64_t resizedTo = 0;
  // Its boot sector says where the partition begins, and is to say where the copy does.
  bool bootSectorFollows = false;
  std::string newUuid;          // of its filesystem in the copy; empty: the one that it has
  std::vector<FileEdit> edits;  // files that are others in the copy
  ExtentSet extents;            // what is copied, at offsets of the source
  ExtentSet zeroes;             // what is zeroed on the target instead, at offsets of the source

  std::uint64_t targetOf(std::uint64_t sourceOffset) const {
    return sourceOffset - source.offset + target;
  }
};

struct Plan {
  Endpoint source;
  Target target;
  Request request;
  table::Layout sourceLayout;
  table::Layout targetLayout;   // kind None: no table is written
  std::vector<Region> regions;  // ascending by source offset, disjoint
  // The table, in the order of writing; after everything else.
  std::vector<table::TableBlock> table;
  // Zeroed on the target before anything is copied: what could pass for a finished disk, and the
  // regions' zeroes.
  ExtentSet wipe;
  // Where no table is written: target bytes that are copied after all others, highest first.
  ExtentSet last;
  std::vector<std::string> warnings;
  std::uint64_t bytesToRead = 0;
  std::uint64_t bytesToWrite = 0;  // with the table, without the wiping
  std::string id;  // changes with anything that would make the run do something else
};

// Plans a clone of the whole source, or of the requested partitions. Reads allocation maps, writes
// nothing. Throws Error(Refused) when it does not fit (naming the missing bytes), Error(Invalid)
// when the source's table contradicts itself, Error(Usage) for a request that makes no sense for
// this source and target, Error(Read) when the source cannot be read.
Plan planClone(const Survey& source, const Endpoint& from, const Target& to,
               const Request& request);

// The id of a plan: a hash over what it does and over what identifies source and target.
std::string planId(const Plan& plan);

}  // namespace disktwin::plan
