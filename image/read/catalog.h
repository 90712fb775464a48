// What is known of an image before its data: HEAD, INFO, TABL and UMAP.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "clone/plan/survey.h"
#include "image/format/head.h"
#include "image/format/info.h"
#include "image/format/maps.h"
#include "image/format/seal.h"

namespace disktwin::image {

struct Catalog {
  std::string name;  // for messages
  Head head;
  std::shared_ptr<const Key> key;  // null when not encrypted
  Info info;
  std::vector<table::TableBlock> table;
  std::vector<VolumeMap> maps;  // of each of Info::volumes
  VolumeMap outside;

  // "partition 2 (ext4 "root"), bytes 4096 to 8191" for each volume that a range of the disk
  // touches.
  std::string whatIsAt(Extent disk) const;
  // Everything of the disk that was captured, table included.
  ExtentSet captured() const;
  ExtentSet leftOut() const;
  // One kind of set, of all volumes.
  ExtentSet allOf(ExtentSet VolumeMap::*set) const;
};

// Takes the frames before the data, in order, and puts the catalog together. Not thread-safe.
class CatalogBuilder {
 public:
  // Asked for when the image is encrypted, and again while what was given is wrong; `attempt`
  // counts from 1. nullopt when there is none, or no other one.
  using Ask = std::function<std::optional<std::string>(const std::string& image, unsigned attempt)>;
  CatalogBuilder(std::string name, Ask passphrase);

  // False for the first frame that does not belong to it. Throws Error(Invalid), and Error(Refused)
  // for a missing or wrong passphrase.
  bool take(ByteView frame, std::uint64_t position);
  // Throws Error(Invalid) when something is missing.
  Catalog finish();
  // The body of a frame of ours, unsealed when it has to be.
  Bytes bodyOf(const OwnFrame& frame) const;
  const std::optional<Head>& head() const { return head_; }
  std::shared_ptr<const Key> key() const { return out_.key; }

 private:
  void takeHead(const OwnFrame& frame);
  std::shared_ptr<const Key> unlock() const;

  Catalog out_;
  Ask ask_;
  std::optional<Head> head_;
  bool haveInfo_ = false;
  std::uint64_t budget_;
};

// The same for any frame of ours: checks that what has to be sealed is.
Bytes openBody(const OwnFrame& frame, const Head& head, const Key* key, const std::string& subject);

// The disk inside the image as a survey: volumes with the maps that were recorded. `disk` reads it.
plan::Survey surveyOf(const Catalog& catalog, const ReaderPtr& disk);
// How the user knows it: the image at `path`.
plan::Endpoint endpointOf(const Catalog& catalog, const std::string& path);

}  // namespace disktwin::image
