#include "clone/files/tsk/ntfs_folder.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "clone/fs/ntfs/damage.h"
#include "clone/fs/ntfs/layout.h"
#include "clone/fs/ntfs/record.h"
#include "clone/fs/ntfs/utf8.h"
#include "clone/io/block_reader.h"
#include "platform/error.h"

namespace disktwin::files {
namespace {

using namespace fs::ntfs;

constexpr std::uint32_t kLargestBlock = 64 * 1024;
constexpr std::uint64_t kLargestIndex = 1ULL << 30;
// Records of the format's own files, the root among them.
constexpr std::uint64_t kHiddenRecords = 16;
constexpr std::uint8_t kDosName = 2;
// "$FILE_NAME": flags, behind four times and two sizes.
constexpr std::size_t kFlagsAt = 48;
constexpr std::uint32_t kIsFolder = 0x1000'0000;

[[noreturn]] void damaged(const char* why) {
  throw Error(ErrorKind::Failed, "folder", std::string("its index is damaged: ") + why);
}

class Index {
 public:
  Index(TSK_FS_FILE& folder, const Backend::Each& each) : each_(each) {
    const std::vector<std::byte> root = bytesOf(*attribute(folder, TSK_FS_ATTR_TYPE_NTFS_IDXROOT));
    if (root.size() < sizeof(IndexRoot)) damaged("its root is too short");
    blockSize_ = structAt<IndexRoot>(root, 0).blockSize;
    cluster_ = folder.fs_info->block_size;
    blocks_ = attribute(folder, TSK_FS_ATTR_TYPE_NTFS_IDXALLOC);
    node(std::span(root).subspan(offsetof(IndexRoot, index)));
    if (!todo_.empty() && (!std::has_single_bit(blockSize_) || blockSize_ < kFixupStride ||
                           blockSize_ > kLargestBlock || !blocks_)) {
      damaged("its blocks have an invalid size");
    }
    while (!todo_.empty()) {
      const std::uint64_t vcn = todo_.back();
      todo_.pop_back();
      if (seen_.insert(vcn).second) block(vcn);
    }
  }

 private:
  static const TSK_FS_ATTR* attribute(TSK_FS_FILE& folder, TSK_FS_ATTR_TYPE_ENUM type) {
    const int count = tsk_fs_file_attr_getsize(&folder);
    for (int i = 0; i < count; ++i) {
      const TSK_FS_ATTR* found = tsk_fs_file_attr_get_idx(&folder, i);
      if (found && found->type == type && found->name && std::strcmp(found->name, "$I30") == 0) {
        return found;
      }
    }
    if (type == TSK_FS_ATTR_TYPE_NTFS_IDXROOT) damaged("it has no root");
    return nullptr;
  }

  static void readAttribute(const TSK_FS_ATTR& from, std::uint64_t offset,
                            std::span<std::byte> out) {
    const ssize_t got =
        tsk_fs_attr_read(&from, static_cast<TSK_OFF_T>(offset), reinterpret_cast<char*>(out.data()),
                         out.size(), TSK_FS_FILE_READ_FLAG_NONE);
    if (got != static_cast<ssize_t>(out.size())) damaged("it cannot be read");
  }

  static std::vector<std::byte> bytesOf(const TSK_FS_ATTR& from) {
    if (from.size < 0 || from.size > kLargestBlock) damaged("its root has an invalid size");
    std::vector<std::byte> out(static_cast<std::size_t>(from.size));
    readAttribute(from, 0, out);
    return out;
  }

  void block(std::uint64_t vcn) {
    const std::uint64_t unit = cluster_ <= blockSize_ ? cluster_ : kFixupStride;
    const auto size = static_cast<std::uint64_t>(std::max<TSK_OFF_T>(blocks_->size, 0));
    if (size > kLargestIndex || vcn > size / unit || !extentFits(vcn * unit, blockSize_, size)) {
      damaged("a node lies beyond its end");
    }
    std::vector<std::byte> out(blockSize_);
    readAttribute(*blocks_, vcn * unit, out);
    try {
      if (!hasMagic(out, "INDX")) damaged("a node does not begin with \"INDX\"");
      undoFixups(out, "a node");
    } catch (const Damage& damage) {
      damaged(damage.why.c_str());
    }
    if (structAt<IndexBlock>(out, 0).vcn != vcn) damaged("a node is not where it belongs");
    node(std::span(out).subspan(offsetof(IndexBlock, index)));
  }

  // `bytes` begin with the IndexHeader.
  void node(std::span<const std::byte> bytes) {
    const auto head = structAt<IndexHeader>(bytes, 0);
    if (head.indexLength > bytes.size()) damaged("a node passes its end");
    bytes = bytes.first(head.indexLength);
    for (std::size_t at = head.entriesOffset;;) {
      if (!extentFits(at, sizeof(IndexEntry), bytes.size())) damaged("a node has no end");
      const auto entry = structAt<IndexEntry>(bytes, at);
      if (entry.length < sizeof entry || !extentFits(at, entry.length, bytes.size())) {
        damaged("an entry has an invalid length");
      }
      const auto whole = bytes.subspan(at, entry.length);
      if ((entry.flags & kEntryHasChild) != 0) {
        if (whole.size() < sizeof entry + sizeof(le64)) damaged("an entry is too short");
        todo_.push_back(structAt<le64>(whole, whole.size() - sizeof(le64)));
      }
      if ((entry.flags & kEntryIsLast) != 0) return;
      name(entry, whole);
      at += entry.length;
    }
  }

  void name(const IndexEntry& entry, std::span<const std::byte> whole) {
    constexpr std::size_t kKeyAt = sizeof(IndexEntry);
    if (!extentFits(kKeyAt, sizeof(FileNameKey), whole.size())) damaged("an entry is too short");
    const auto key = structAt<FileNameKey>(whole, kKeyAt);
    if (!extentFits(kKeyAt + sizeof key, 2ULL * key.nameLength, whole.size())) {
      damaged("a name passes the end of its entry");
    }
    const std::uint64_t record = recordNumber(entry.reference);
    if (record < kHiddenRecords || key.nameSpace == kDosName) return;
    const std::uint32_t flags = structAt<le32>(key.times, kFlagsAt);
    NodeType type = (flags & kIsFolder) != 0 ? NodeType::Folder : NodeType::Regular;
    // A junction or the like: it leads somewhere that is not known here.
    if (type == NodeType::Folder && (flags & kFileIsReparsePoint) != 0) type = NodeType::Other;
    each_(utf8From(utf16At(whole, kKeyAt + sizeof key, key.nameLength)), record, type);
  }

  const Backend::Each& each_;
  const TSK_FS_ATTR* blocks_ = nullptr;
  std::uint32_t blockSize_ = 0;
  std::uint64_t cluster_ = 0;
  std::vector<std::uint64_t> todo_;
  std::set<std::uint64_t> seen_;
};

}  // namespace

void listNtfsFolder(TSK_FS_FILE& folder, const Backend::Each& each) {
  const Index index(folder, each);
}

}  // namespace disktwin::files
