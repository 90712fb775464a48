// An image in files, opened for reading at random.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>

#include "image/format/foot.h"
#include "image/format/index_part.h"
#include "image/read/bytes.h"
#include "image/read/catalog.h"

namespace disktwin::image {

struct Decoder;
struct StoredCell;

// Thread-safety: every member may be called from several threads at once. Memory: a few parts of
// the index. Errors of the image's content are Error(Invalid).
class OpenImage {
 public:
  // Checks all frames that come before the data, FOOT, and that the volumes are those of this
  // image.
  static std::shared_ptr<const OpenImage> open(const std::string& path,
                                               const CatalogBuilder::Ask& passphrase);

  // The same of an image that may be damaged: what is lost of its books is found anew by walking
  // over its frames. Throws only when nothing can be saved, or the passphrase is wrong.
  static std::shared_ptr<const OpenImage> salvage(const std::string& path,
                                                  const CatalogBuilder::Ask& passphrase);
  // Whether all that comes before the data is there; otherwise the disk has to be looked at anew.
  bool catalogWhole() const { return catalogWhole_; }
  // Whether its books are damaged: what is known of it was found by walking over its frames.
  bool wasSalvaged() const { return found_ != nullptr; }
  // Parts of the disk of which nothing was found.
  const ExtentSet& lost() const { return lost_; }

  const std::string& name() const { return bytes_->name(); }
  const Catalog& catalog() const { return catalog_; }
  const Head& head() const { return catalog_.head; }
  const Foot& foot() const { return foot_; }
  Hash128 seal() const { return seal_; }  // the hash at FOOT's end, by which a child knows it
  const std::shared_ptr<const ImageBytes>& bytes() const { return bytes_; }
  std::vector<std::string> files() const;

  // The record that covers that byte of the disk, or the next behind it; null at the end.
  std::shared_ptr<const Record> recordAt(std::uint64_t offset) const;
  // Reads and checks every part of the index, one after another.
  void checkIndex() const;

  // The plain bytes of a record's whole cell, all hashes checked; chunks that are not present are
  // zeroes. `out` is as long as the cell.
  void readCell(const Record& record, std::span<std::byte> out) const;
  // The same checks, for whoever wants no bytes.
  void checkCell(const Record& record) const;

 private:
  friend class Salvage;
  OpenImage() = default;
  void readCatalog(const CatalogBuilder::Ask& passphrase);
  void readFoot();
  void checkVolumes() const;
  std::shared_ptr<const IndexPart> partAt(std::size_t entry) const;
  void prefetch(const Record& record) const;
  StoredCell unseal(const Record& record, ByteView stored) const;
  bool decodeSealed(const Record& record, Decoder& decoder, std::span<std::byte> out,
                    std::vector<Hash128>* hashes) const;
  bool decodeOpen(const Record& record, Decoder& decoder, std::span<std::byte> out,
                  std::vector<Hash128>* hashes) const;
  void decode(const Record& record, Decoder& decoder, std::span<std::byte> out) const;
  [[noreturn]] void damaged(const Record& record, const char* what) const;

  std::shared_ptr<const ImageBytes> bytes_;
  Catalog catalog_;
  Foot foot_;
  Hash128 seal_;
  std::vector<std::size_t> parts_;  // which of foot_.frames are INDX

  bool catalogWhole_ = true;
  ExtentSet lost_;
  std::shared_ptr<const IndexPart> found_;  // in place of the parts, when it was salvaged

  mutable std::mutex mutex_;  // guards recent_
  mutable std::list<std::pair<std::size_t, std::shared_ptr<const IndexPart>>> recent_;
};

}  // namespace disktwin::image
