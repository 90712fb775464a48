#include "tests/fs/ntfs/tiny_volume.h"

#include <algorithm>

namespace disktwin::fs::ntfs::tiny {

namespace {

Bytes numberBytes(std::uint64_t value) {
  // Always 8 bytes: valid, if not as short as Windows writes them.
  Bytes out(8);
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<std::byte>(value >> (8 * i));
  return out;
}

template <typename T>
void put(Bytes& bytes, std::size_t offset, const T& value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

void putName(Bytes& bytes, std::size_t offset, std::u16string_view name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    put(bytes, offset + 2 * i, le16(static_cast<std::uint16_t>(name[i])));
  }
}

std::size_t rounded(std::size_t size) {
  return (size + 7) / 8 * 8;
}

AttributeHeader headerOf(AttributeType type, std::size_t length, bool nonResident,
                         std::u16string_view name, std::size_t nameOffset, std::uint16_t instance) {
  AttributeHeader out{};
  out.type = static_cast<std::uint32_t>(type);
  out.length = static_cast<std::uint32_t>(length);
  out.nonResident = nonResident ? 1 : 0;
  out.nameLength = static_cast<std::uint8_t>(name.size());
  out.nameOffset = static_cast<std::uint16_t>(nameOffset);
  out.instance = instance;
  return out;
}

}  // namespace

Bytes encodeRuns(const std::vector<Run>& runs) {
  Bytes out;
  std::uint64_t before = 0;
  for (const Run& run : runs) {
    out.push_back(run.isHole() ? std::byte{0x08} : std::byte{0x88});
    for (std::byte b : numberBytes(run.length)) out.push_back(b);
    if (run.isHole()) continue;
    for (std::byte b : numberBytes(run.lcn - before)) out.push_back(b);
    before = run.lcn;
  }
  out.push_back(std::byte{0});
  return out;
}

Bytes resident(AttributeType type, const Bytes& value, std::u16string_view name,
               std::uint16_t instance) {
  const std::size_t valueAt = rounded(sizeof(ResidentHeader) + 2 * name.size());
  Bytes out(rounded(valueAt + value.size()));
  ResidentHeader head{};
  head.common = headerOf(type, out.size(), false, name, sizeof head, instance);
  head.valueLength = static_cast<std::uint32_t>(value.size());
  head.valueOffset = static_cast<std::uint16_t>(valueAt);
  put(out, 0, head);
  putName(out, sizeof head, name);
  std::copy(value.begin(), value.end(), out.begin() + static_cast<std::ptrdiff_t>(valueAt));
  return out;
}

Bytes nonResident(AttributeType type, const std::vector<Run>& runs, std::uint64_t size,
                  std::u16string_view name, std::uint16_t instance) {
  const Bytes pairs = encodeRuns(runs);
  const std::size_t pairsAt = rounded(sizeof(NonResidentHeader) + 2 * name.size());
  Bytes out(rounded(pairsAt + pairs.size()));
  NonResidentHeader head{};
  head.common = headerOf(type, out.size(), true, name, sizeof head, instance);
  head.lowestVcn = runs.empty() ? 0 : runs.front().vcn;
  head.highestVcn = (runs.empty() ? 0 : runs.back().end()) - 1;
  head.runsOffset = static_cast<std::uint16_t>(pairsAt);
  head.allocatedSize = (runs.empty() ? 0 : runs.back().end()) * TinyVolume::kCluster;
  head.dataSize = size;
  head.initializedSize = size;
  put(out, 0, head);
  putName(out, sizeof head, name);
  std::copy(pairs.begin(), pairs.end(), out.begin() + static_cast<std::ptrdiff_t>(pairsAt));
  return out;
}

Bytes listEntry(AttributeType type, std::uint64_t firstVcn, std::uint64_t reference,
                std::uint16_t instance) {
  Bytes out(32);
  ListEntry entry{};
  entry.type = static_cast<std::uint32_t>(type);
  entry.length = 32;
  entry.nameOffset = 26;
  entry.lowestVcn = firstVcn;
  entry.reference = reference;
  entry.instance = instance;
  put(out, 0, entry);
  return out;
}

Bytes indexEntry(std::u16string_view name, std::uint64_t reference, std::int64_t child) {
  const std::size_t keyLength = name.empty() ? 0 : sizeof(FileNameKey) + 2 * name.size();
  Bytes out(rounded(sizeof(IndexEntry) + keyLength) + (child < 0 ? 0 : 8));
  IndexEntry entry{};
  entry.reference = reference;
  entry.length = static_cast<std::uint16_t>(out.size());
  entry.keyLength = static_cast<std::uint16_t>(keyLength);
  entry.flags = static_cast<std::uint16_t>((child < 0 ? 0 : kEntryHasChild) |
                                           (name.empty() ? kEntryIsLast : 0));
  put(out, 0, entry);
  if (!name.empty()) {
    FileNameKey key{};
    key.nameLength = static_cast<std::uint8_t>(name.size());
    put(out, sizeof entry, key);
    putName(out, sizeof entry + sizeof key, name);
  }
  if (child >= 0) put(out, out.size() - 8, le64(static_cast<std::uint64_t>(child)));
  return out;
}

Bytes fileName(std::u16string_view name, std::uint64_t parent) {
  FileNameKey key{};
  key.parent = parent;
  key.nameLength = static_cast<std::uint8_t>(name.size());
  Bytes out(sizeof key + 2 * name.size());
  put(out, 0, key);
  putName(out, sizeof key, name);
  return resident(AttributeType::FileName, out);
}

Bytes standardInformation(std::uint32_t attributes) {
  StandardInformation information{};
  information.attributes = attributes;
  Bytes out(sizeof information);
  put(out, 0, information);
  return resident(AttributeType::StandardInformation, out);
}

Bytes indexRoot(const std::vector<Bytes>& entries) {
  const Bytes content = joined(entries);
  Bytes out(sizeof(IndexRoot));
  IndexRoot root{};
  root.blockSize = TinyVolume::kCluster;
  root.index.entriesOffset = sizeof(IndexHeader);
  root.index.indexLength = static_cast<std::uint32_t>(sizeof(IndexHeader) + content.size());
  put(out, 0, root);
  return joined({out, content});
}

Bytes joined(const std::vector<Bytes>& parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

void protect(Bytes& bytes) {
  const auto head = structAt<ProtectedHeader>(bytes, 0);
  put(bytes, head.arrayOffset, le16(0xBEEF));
  for (std::size_t i = 1; i < head.arrayCount; ++i) {
    std::memcpy(&bytes[head.arrayOffset + 2 * i], &bytes[i * kFixupStride - 2], 2);
    put(bytes, i * kFixupStride - 2, le16(0xBEEF));
  }
}

TinyVolume::TinyVolume()
    : disk(std::make_shared<disktwin::test::MemoryDisk>(kClusters * kCluster + 512)) {
  putBoot();
  putSystemFiles();
  mark(0, 8);
  mark(kBitmap, 1);
  mark(kMft, kRecords);
  mark(kMirror, 4);
  mark(kLog, 8);
  mark(kFile, 10);
  mark(kSparse, 1);
}

void TinyVolume::putBoot() {
  BootSector boot{};
  std::memcpy(boot.oemId.data(), "NTFS    ", 8);
  boot.bytesPerSector = 512;
  boot.sectorsPerCluster = kCluster / 512;
  boot.sectors = kClusters * kCluster / 512;
  boot.mftLcn = kMft;
  boot.mirrorLcn = kMirror;
  boot.clustersPerRecord = 0xF6;  // 2^10
  boot.clustersPerIndexBlock = 1;
  boot.serial = 0x01234567'89ABCDEF;
  boot.endMark = 0xAA55;
  disk->put(0, boot);
  disk->put(kClusters * kCluster, boot);
}

void TinyVolume::putSystemFiles() {
  for (std::uint64_t number = 0; number < kRecords; ++number) putRecord(number, {}, 0);
  const auto data = [this](std::uint64_t number, std::uint64_t lcn, std::uint64_t count,
                           std::uint64_t size) {
    putRecord(number, {nonResident(AttributeType::Data, {{0, lcn, count}}, size)});
  };
  data(kMftRecord, kMft, kRecords, kRecords * kCluster);
  data(kMirrorRecord, kMirror, 4, 4 * kCluster);
  data(kLogFileRecord, kLog, 8, 8 * kCluster);
  putFlags(0);
  putRecord(kRootRecord,
            {resident(AttributeType::IndexRoot, indexRoot({indexEntry({}, 0)}), u"$I30")});
  data(kBitmapRecord, kBitmap, 1, kClusters / 8);
  data(kBootRecord, 0, 8, 8 * kCluster);
  putRecord(kBadClustersRecord, {nonResident(AttributeType::Data, {{0, Run::kHole, kClusters}},
                                             kClusters * kCluster, u"$Bad")});
  data(24, kFile, 10, 10 * kCluster - 5);
  putRecord(25, {nonResident(AttributeType::Data, {{0, Run::kHole, 5000}, {5000, kSparse, 1}},
                             5001 * kCluster)});
  put(kLog, Bytes(8 * kCluster, std::byte{0xFF}));
}

void TinyVolume::putRecord(std::uint64_t number, const std::vector<Bytes>& attributes,
                           std::uint16_t flags, std::uint64_t base) {
  constexpr std::size_t kAttributesAt = 56;
  RecordHeader head{};
  std::memcpy(head.header.magic.data(), "FILE", 4);
  head.header.arrayOffset = 48;
  head.header.arrayCount = 3;
  head.sequence = 1;
  head.links = 1;
  head.attributesOffset = kAttributesAt;
  head.flags = flags;
  head.baseRecord = base;
  Bytes record(kAttributesAt);
  const Bytes content = joined(attributes);
  record.insert(record.end(), content.begin(), content.end());
  record.insert(record.end(), 4, std::byte{0xFF});
  head.bytesInUse = static_cast<std::uint32_t>(rounded(record.size()));
  head.bytesAllocated = kCluster;
  record.resize(std::max<std::size_t>(record.size(), kCluster));
  ntfs::tiny::put(record, 0, head);
  protect(record);
  put(kMft + number, record);
}

void TinyVolume::putFlags(std::uint16_t flags) {
  VolumeInformation information{};
  information.major = 3;
  information.minor = 1;
  information.flags = flags;
  Bytes value(sizeof information);
  ntfs::tiny::put(value, 0, information);
  const std::u16string_view label = u"Gr\u00F6\u00DFe \U0001F4BE";
  Bytes name(2 * label.size());
  putName(name, 0, label);
  putRecord(kVolumeRecord, {resident(AttributeType::VolumeName, name),
                            resident(AttributeType::VolumeInformation, value)});
}

void TinyVolume::putLog(const Restart& first, const Restart& second) {
  std::uint64_t at = kLog;
  for (const Restart& restart : {first, second}) {
    Bytes page(4096);
    RestartPage head{};
    std::memcpy(head.header.magic.data(), "RSTR", 4);
    head.header.arrayOffset = 30;
    head.header.arrayCount = 9;
    head.systemPageSize = 4096;
    head.logPageSize = 4096;
    head.areaOffset = 48;
    head.majorVersion = restart.major;
    head.minorVersion = static_cast<std::uint16_t>(restart.major == 1 ? 1 : 0);
    RestartArea area{};
    area.currentLsn = restart.lsn;
    area.clients = 1;
    area.clientsInUse = restart.client;
    area.flags = restart.flags;
    ntfs::tiny::put(page, 0, head);
    ntfs::tiny::put(page, 48, area);
    protect(page);
    put(at, page);
    at += 4;
  }
}

void TinyVolume::putHiberfile(std::string_view header) {
  Bytes content(kCluster);
  std::memcpy(content.data(), header.data(), header.size());
  put(kFree + 100, content);
  putRecord(40, {nonResident(AttributeType::Data, {{0, kFree + 100, 1}}, kCluster)});
  mark(kFree + 100, 1);
  const std::vector<Bytes> entries{indexEntry(u"$Boot", 7), indexEntry(u"HiberFil.sys", 40),
                                   indexEntry(u"pagefile.sys", 24), indexEntry({}, 0)};
  putRecord(kRootRecord, {resident(AttributeType::IndexRoot, indexRoot(entries), u"$I30")});
}

void TinyVolume::putPageFile() {
  constexpr std::uint32_t kHiddenSystem = 6;
  putRecord(40, {standardInformation(kHiddenSystem), fileName(u"pagefile.sys"),
                 nonResident(AttributeType::Data, {{0, kPages, 20}, {20, kMorePages, 5}},
                             25 * kCluster - 7)});
  mark(kPages, 20);
  mark(kMorePages, 5);
  const std::vector<Bytes> entries{indexEntry(u"$Boot", 7),
                                   indexEntry(u"pagefile.sys", 40 | 1ULL << 48), indexEntry({}, 0)};
  putRecord(kRootRecord, {resident(AttributeType::IndexRoot, indexRoot(entries), u"$I30")});
}

void TinyVolume::mark(std::uint64_t cluster, std::uint64_t count, bool used) {
  for (std::uint64_t c = cluster; c < cluster + count; ++c) {
    std::byte& byte = at(kBitmap, c / 8);
    const auto bit = static_cast<std::byte>(1U << (c % 8));
    byte = used ? byte | bit : byte & ~bit;
  }
}

Bytes TinyVolume::bitmap() const {
  const auto from = disk->bytes().begin() + static_cast<std::ptrdiff_t>(kBitmap * kCluster);
  return {from, from + static_cast<std::ptrdiff_t>(kClusters / 8)};
}

}  // namespace disktwin::fs::ntfs::tiny
