#include "clone/plan/plan.h"

#include <fmt/format.h>

#include "clone/io/hash.h"

namespace disktwin::plan {

const char* howName(How how) {
  return how == How::Used ? "used blocks" : "all";
}

const char* kindName(EndpointKind kind) {
  switch (kind) {
    case EndpointKind::Disk:
      return "disk";
    case EndpointKind::Partition:
      return "partition";
    case EndpointKind::File:
      break;
  }
  return "file";
}

EndpointKind endpointKind(const std::string& name) {
  for (const auto kind : {EndpointKind::Disk, EndpointKind::Partition}) {
    if (name == kindName(kind)) return kind;
  }
  return EndpointKind::File;
}

std::string Endpoint::identity() const {
  const std::string hardware = serial.empty() ? wwn : serial;
  if (kind != EndpointKind::File && !hardware.empty()) {
    return fmt::format("{}|{}|{}|{}", model, hardware, wwn, size);
  }
  // An image is known by its id, wherever it lies.
  if (kind == EndpointKind::File && !serial.empty()) return fmt::format("{}|{}", serial, size);
  return fmt::format("{}|{}", realPath, size);
}

std::string Endpoint::describe() const {
  std::string about = model;
  if (!serial.empty()) about += fmt::format("{}serial {}", about.empty() ? "" : ", ", serial);
  return about.empty() || kind == EndpointKind::File ? path : fmt::format("{} ({})", path, about);
}

namespace {

// Feeds values into a hash in a form in which no two plans look alike.
class Digest {
 public:
  Digest& operator<<(const std::string& text) {
    *this << text.size();
    hasher_.add(std::as_bytes(std::span(text.data(), text.size())));
    return *this;
  }
  Digest& operator<<(std::uint64_t number) {
    hasher_.add(std::as_bytes(std::span(&number, 1)));
    return *this;
  }
  Digest& operator<<(const ExtentSet& set) {
    *this << set.size();
    hasher_.add(std::as_bytes(std::span(set.extents().data(), set.size())));
    return *this;
  }
  Digest& operator<<(const std::vector<table::TableBlock>& blocks) {
    *this << blocks.size();
    for (const table::TableBlock& block : blocks) {
      *this << block.offset << block.bytes.size();
      hasher_.add(block.bytes);
    }
    return *this;
  }
  Hash128 result() const { return hasher_.result(); }

 private:
  Hasher hasher_;
};

}  // namespace

std::string planId(const Plan& plan) {
  Digest digest;
  digest << plan.source.identity() << plan.target.identity() << (plan.target.isNew ? 1 : 0);
  for (const std::string& lost : plan.target.contents) digest << lost;
  digest << plan.regions.size();
  for (const Region& region : plan.regions) {
    digest << region.what << region.partition << static_cast<std::uint64_t>(region.how)
           << region.source.offset << region.source.length << region.target << region.resizedTo
           << (region.bootSectorFollows ? 1 : 0) << region.extents;
    digest << region.newUuid << region.edits.size();
    for (const FileEdit& edit : region.edits) digest << edit.path << edit.content;
  }
  digest << plan.table << plan.wipe << plan.last;
  return digest.result().toString().substr(0, 16);
}

}  // namespace disktwin::plan
