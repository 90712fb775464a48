#include "clone/fs/ntfs/page_files.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clone/fs/ntfs/bitmap.h"
#include "clone/fs/ntfs/damage.h"
#include "clone/fs/ntfs/directory.h"
#include "clone/fs/ntfs/record_scan.h"

namespace disktwin::fs::ntfs {

namespace {

constexpr std::u16string_view kNames[] = {u"pagefile.sys", u"hiberfil.sys", u"swapfile.sys"};

struct Candidate {
  std::uint64_t reference = 0;
  ExtentSet extents;
  bool shared = false;  // somebody else names a cluster of it too
};

Damage doubt(std::string_view why) {
  return Damage{std::string(why)};
}

// A value of which at least the structure T has to be there.
std::vector<std::byte> valueOf(const Stream& stream, std::size_t least) {
  constexpr std::uint64_t kMost = 64 * KiB;  // no record is larger
  if (!stream.isResident() || stream.size() < least || stream.size() > kMost) {
    throw doubt("an attribute that always lies in its record has an invalid size");
  }
  std::vector<std::byte> out(static_cast<std::size_t>(stream.size()));
  stream.read(0, out);
  return out;
}

// The file has to say itself that it lies in the root directory under that name and nowhere else: a
// second $FILE_NAME makes Mft::get() throw.
void requireName(const Mft& mft, std::uint64_t number, std::u16string_view name) {
  const Stream stream = mft.get(number, AttributeType::FileName);
  const auto value = valueOf(stream, sizeof(FileNameKey));
  const auto key = structAt<FileNameKey>(value, 0);
  if (!extentFits(sizeof key, 2ULL * key.nameLength, value.size()) ||
      !sameName(utf16At(value, sizeof key, key.nameLength), name)) {
    throw doubt("the root directory and the file do not agree on its name");
  }
  const OwnedRecord root = mft.record(kRootRecord);
  if (recordNumber(key.parent) != kRootRecord ||
      recordSequence(key.parent) != root.record.sequence()) {
    throw doubt("the file says that it lies in another directory");
  }
}

// What a reparse point or a compressing filter has put into a file is not what its name says.
void requireOrdinary(const Mft& mft, std::uint64_t number) {
  const Stream stream = mft.get(number, AttributeType::StandardInformation);
  const auto value = valueOf(stream, sizeof(StandardInformation));
  const std::uint32_t attributes = structAt<StandardInformation>(value, 0).attributes;
  if ((attributes & (kFileIsReparsePoint | kFileIsCompressed | kFileIsEncrypted)) != 0 ||
      mft.find(number, AttributeType::ReparsePoint)) {
    throw doubt("a reparse point, compressed or encrypted");
  }
}

void requireFile(const Mft& mft, std::uint64_t reference, std::u16string_view name) {
  const std::uint64_t number = recordNumber(reference);
  if (number < kSystemRecords) throw doubt("a system file");
  const OwnedRecord owned = mft.record(number);
  // No other flag than this one: neither a directory nor anything of $Extend.
  if (owned.record.flags() != kRecordInUse || owned.record.base() != 0 ||
      owned.record.sequence() != recordSequence(reference)) {
    throw doubt("the root directory's entry does not lead to a file");
  }
  if (owned.record.links() != 1) throw doubt("it has other names");
  requireName(mft, number, name);
  requireOrdinary(mft, number);
}

// The clusters of the unnamed data that lie within the allocated size.
ExtentSet contentOf(const Mft& mft, std::uint64_t number) {
  const Stream data = mft.get(number, AttributeType::Data);
  if (data.isResident() || !data.isPlain()) throw doubt("resident, compressed or encrypted");
  if (data.allocatedSize() < data.size() || data.allocatedSize() > data.mappedSize()) {
    throw doubt("its sizes contradict each other");
  }
  const std::uint64_t end = data.allocatedSize() / mft.geometry().clusterSize;
  std::uint64_t clusters = 0;
  std::vector<Extent> out;
  for (const Run& run : data.runs()) {
    if (run.vcn >= end) break;
    if (run.isHole()) continue;
    const std::uint64_t count = std::min(run.length, end - run.vcn);
    out.push_back(mft.geometry().bytesOf(run.lcn, count));
    clusters += count;
  }
  ExtentSet extents = ExtentSet::from(std::move(out));
  if (extents.bytes() / mft.geometry().clusterSize != clusters) {
    throw doubt("a cluster is named twice");
  }
  return extents;
}

bool overlap(const ExtentSet& a, const ExtentSet& b) {
  return std::any_of(b.begin(), b.end(), [&](const Extent& e) { return a.intersects(e); });
}

// nullopt when there is no such file or when anything about it is in doubt.
std::optional<Candidate> examineFile(const Mft& mft, const Stream& bitmap,
                                     const ExtentSet& signatures, std::u16string_view name) {
  try {
    const auto reference = findInRoot(mft, name);
    if (!reference) return std::nullopt;
    requireFile(mft, *reference, name);
    Candidate out{*reference, contentOf(mft, recordNumber(*reference))};
    if (out.extents.empty() || overlap(out.extents, signatures) ||
        !areUsed(bitmap, mft.geometry(), out.extents)) {
      return std::nullopt;
    }
    return out;
  } catch (const Damage&) {
    return std::nullopt;
  }
}

// The record with the file's own description, or a continuation of it.
bool isPartOf(const Record& record, const Candidate& file) {
  return record.number() == recordNumber(file.reference) || record.base() == file.reference;
}

// Looks for others that name clusters of the candidates: other files, directories, system files,
// and whatever else the candidates themselves consist of.
void markShared(const Mft& mft, std::vector<Candidate>& candidates) {
  forEachRecordInUse(mft, mft.recordCount(), [&](const Record& record) {
    for (const Attribute& attribute : record.attributes()) {
      const bool isContent = attribute.is(AttributeType::Data, {});
      for (const Run& run : runsOf(record, attribute, mft.geometry())) {
        const Extent bytes = mft.geometry().bytesOf(run.lcn, run.length);
        for (Candidate& file : candidates) {
          if (isContent && isPartOf(record, file)) continue;
          file.shared = file.shared || file.extents.intersects(bytes);
        }
      }
    }
  });
}

}  // namespace

ExtentSet findPageFiles(const Mft& mft, const Stream& bitmap, const ExtentSet& signatures) {
  std::vector<Candidate> candidates;
  for (const std::u16string_view name : kNames) {
    if (auto file = examineFile(mft, bitmap, signatures, name)) {
      candidates.push_back(*std::move(file));
    }
  }
  ExtentSet out;
  if (candidates.empty()) return out;
  try {
    markShared(mft, candidates);
  } catch (const Damage&) {
    return out;
  }
  for (const Candidate& file : candidates) {
    if (!file.shared) out = unite(out, file.extents);
  }
  return out;
}

}  // namespace disktwin::fs::ntfs
