#include "clone/files/ext/volume.h"

#include <algorithm>
#include <exception>
#include <limits>
#include <map>
#include <utility>

#include "clone/fs/ext/ondisk.h"
#include "clone/io/block_reader.h"
#include "platform/error.h"
#include "platform/extent.h"

namespace disktwin::files {
namespace {

// Features that the library either knows or that do not matter to whoever reads files.
constexpr std::uint32_t kUnderstood = fs::ext::kFiletype | fs::ext::kRecover | fs::ext::kMetaBg |
                                      fs::ext::kExtents | fs::ext::k64Bit | fs::ext::kMmp |
                                      fs::ext::kFlexBg | fs::ext::kEaInode |
                                      fs::ext::kChecksumSeed | fs::ext::kLargeDir |
                                      fs::ext::kInlineData | fs::ext::kEncrypt | fs::ext::kCasefold;
constexpr std::uint64_t kSuperAt = 1024;
constexpr std::uint64_t kLongestLink = 4096;

ext2_inode* plain(ext2_inode_large& inode) {
  return reinterpret_cast<ext2_inode*>(&inode);
}

NodeType typeOfMode(unsigned mode) {
  if (LINUX_S_ISREG(mode)) return NodeType::Regular;
  if (LINUX_S_ISDIR(mode)) return NodeType::Folder;
  return LINUX_S_ISLNK(mode) ? NodeType::Link : NodeType::Other;
}

NodeType typeOfName(int type) {
  switch (type) {
    case EXT2_FT_REG_FILE:
      return NodeType::Regular;
    case EXT2_FT_DIR:
      return NodeType::Folder;
    case EXT2_FT_SYMLINK:
      return NodeType::Link;
    default:
      return NodeType::Other;
  }
}

// Both ways to write it are Linux's own.
std::uint64_t deviceOf(const ext2_inode_large& inode) {
  return inode.i_block[0] != 0 ? inode.i_block[0] & 0xFFFF : inode.i_block[1];
}

// Seconds have two bits more where inodes are large enough for them.
void setTime(NodeInfo& out, const ext2_inode_large& inode, unsigned inodeSize) {
  out.modified = static_cast<std::int32_t>(inode.i_mtime);
  constexpr std::size_t kExtraEnds =
      offsetof(ext2_inode_large, i_mtime_extra) + sizeof inode.i_mtime_extra;
  const std::size_t ends = std::size_t{EXT2_GOOD_OLD_INODE_SIZE} + inode.i_extra_isize;
  if (inodeSize < kExtraEnds || ends < kExtraEnds) return;
  out.modified += static_cast<std::int64_t>(inode.i_mtime_extra & EXT4_EPOCH_MASK) << 32;
  out.modifiedNanos = inode.i_mtime_extra >> EXT4_EPOCH_BITS;
}

// No exception passes through the library.
template <typename Work>
int guarded(std::exception_ptr& failure, int abort, const Work& work) {
  try {
    work();
    return 0;
  } catch (...) {
    failure = std::current_exception();
    return abort;
  }
}

struct Listing {
  const Backend::Each& each;
  std::exception_ptr failure;

  static int onEntry(ext2_ino_t, int, ext2_dir_entry* entry, int, int, char*, void* self) {
    auto& listing = *static_cast<Listing*>(self);
    return guarded(listing.failure, DIRENT_ABORT, [&] { listing.take(*entry); });
  }

  void take(const ext2_dir_entry& entry) const {
    const std::string name(entry.name, static_cast<std::size_t>(ext2fs_dirent_name_len(&entry)));
    if (entry.inode == 0 || name.empty() || name == "." || name == "..") return;
    each(name, entry.inode, typeOfName(ext2fs_dirent_file_type(&entry)));
  }
};

struct Attributes {
  std::map<std::string, Hash128> all;
  std::exception_ptr failure;

  static int onAttribute(char* name, char* value, std::size_t length, void* self) {
    auto& attributes = *static_cast<Attributes*>(self);
    return guarded(attributes.failure, XATTR_ABORT, [&] {
      // Where a small file has its content.
      if (name == std::string("system.data")) return;
      attributes.all[name] = hashOf(std::as_bytes(std::span(value, length)));
    });
  }
};

}  // namespace

ExtVolume::ExtVolume(std::uint64_t size, ReadBytes read, Encrypted encrypted)
    : channel_(size, std::move(read)), encrypted_(encrypted) {
  fs_.reset(channel_.open());
  scratch_.resize(2 * std::size_t{fs_->blocksize});
}

ExtVolume::~ExtVolume() = default;

bool ExtVolume::understands(const BlockReader& volume) {
  if (volume.size() < kSuperAt + sizeof(fs::ext::Super)) return false;
  const auto super = readStruct<fs::ext::Super>(volume, kSuperAt);
  return super.revision == 0 || (super.incompat & ~kUnderstood) == 0;
}

void ExtVolume::load(Node node) {
  if (loaded_ == node) return;
  loaded_ = 0;
  extents_.reset();
  if (node == 0 || node > std::numeric_limits<ext2_ino_t>::max()) {
    requireExt(EXT2_ET_BAD_INODE_NUM, "a file cannot be opened");
  }
  inode_ = {};
  requireExt(ext2fs_read_inode_full(fs_.get(), static_cast<ext2_ino_t>(node), plain(inode_),
                                    sizeof inode_),
             "a file cannot be opened");
  loaded_ = node;
}

NodeInfo ExtVolume::info(Node node) {
  load(node);
  NodeInfo out;
  out.type = typeOfMode(inode_.i_mode);
  out.size = EXT2_I_SIZE(&inode_);
  setTime(out, inode_, EXT2_INODE_SIZE(fs_->super));
  out.mode = inode_.i_mode;
  out.owner = inode_uid(inode_);
  out.group = inode_gid(inode_);
  out.links = inode_.i_links_count;
  if (LINUX_S_ISCHR(inode_.i_mode) || LINUX_S_ISBLK(inode_.i_mode)) out.device = deviceOf(inode_);
  return out;
}

void ExtVolume::list(Node folder, const Each& each) {
  load(folder);
  refuseEncrypted("the names in it are encrypted");
  Listing listing{each, nullptr};
  const errcode_t code = ext2fs_dir_iterate2(fs_.get(), static_cast<ext2_ino_t>(folder), 0, nullptr,
                                             &Listing::onEntry, &listing);
  if (listing.failure) std::rethrow_exception(listing.failure);
  requireExt(code, "a folder cannot be read");
}

std::size_t ExtVolume::read(Node node, std::uint64_t offset, std::span<std::byte> out) {
  load(node);
  if (!LINUX_S_ISREG(inode_.i_mode)) {
    throw Error(ErrorKind::Failed, "file", "is not a regular file");
  }
  return readContent(offset, out);
}

std::string ExtVolume::readLink(Node link) {
  load(link);
  if (!LINUX_S_ISLNK(inode_.i_mode)) {
    throw Error(ErrorKind::Failed, "file", "is not a symbolic link");
  }
  refuseEncrypted("where it leads is encrypted");
  std::string out(
      static_cast<std::size_t>(std::min<std::uint64_t>(EXT2_I_SIZE(&inode_), kLongestLink)), '\0');
  const auto bytes = std::as_writable_bytes(std::span(out.data(), out.size()));
  if (ext2fs_is_fast_symlink(plain(inode_)) != 0) {
    const auto inside = std::as_bytes(std::span(inode_.i_block));
    std::copy_n(inside.begin(), std::min(bytes.size(), inside.size()), bytes.begin());
  } else {
    readContent(0, bytes);
  }
  if (encrypted_ == Encrypted::Refused && (out.empty() || out.find('\0') != out.npos)) {
    throw Error(ErrorKind::Failed, "link", "it leads nowhere");
  }
  return out;
}

void ExtVolume::refuseEncrypted(const char* what) const {
  if (encrypted_ == Encrypted::Refused && (inode_.i_flags & EXT4_ENCRYPT_FL) != 0) {
    throw Error(ErrorKind::Failed, "file", what);
  }
}

std::size_t ExtVolume::readContent(std::uint64_t offset, std::span<std::byte> out) {
  refuseEncrypted("its content is encrypted");
  const std::uint64_t size = EXT2_I_SIZE(&inode_);
  if (offset >= size) return 0;
  out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size - offset)));
  if ((inode_.i_flags & EXT4_INLINE_DATA_FL) != 0) {
    readInline(offset, out);
  } else {
    readBlocks(offset, out);
  }
  return out.size();
}

void ExtVolume::readInline(std::uint64_t offset, std::span<std::byte> out) {
  const auto node = static_cast<ext2_ino_t>(loaded_);
  std::size_t length = 0;
  requireExt(ext2fs_inline_data_size(fs_.get(), node, &length), "a file cannot be read");
  std::vector<std::byte> all(length);
  requireExt(ext2fs_inline_data_get(fs_.get(), node, plain(inode_), all.data(), &length),
             "a file cannot be read");
  // What lies behind was never written.
  std::ranges::fill(out, std::byte{0});
  if (offset >= length) return;
  const auto from = std::span(all).subspan(static_cast<std::size_t>(offset));
  std::copy_n(from.begin(), std::min(from.size(), out.size()), out.begin());
}

void ExtVolume::readBlocks(std::uint64_t offset, std::span<std::byte> out) {
  const std::uint64_t blockSize = fs_->blocksize;
  while (!out.empty()) {
    const std::uint64_t inBlock = offset % blockSize;
    const Run run = runAt(offset / blockSize, roundUp(inBlock + out.size(), blockSize) / blockSize);
    const auto part = static_cast<std::size_t>(
        std::min<std::uint64_t>(out.size(), run.count * blockSize - inBlock));
    if (run.first == 0) {
      std::ranges::fill(out.first(part), std::byte{0});
    } else if (!channel_.read(run.first * blockSize + inBlock, out.first(part))) {
      requireExt(EXT2_ET_SHORT_READ, "a file cannot be read");
    }
    offset += part;
    out = out.subspan(part);
  }
}

ExtVolume::Run ExtVolume::runAt(std::uint64_t block, std::uint64_t most) {
  const bool hasExtents = (inode_.i_flags & EXT4_EXTENTS_FL) != 0;
  return hasExtents ? runOfExtents(block, most) : runOfBlocks(block, most);
}

ExtVolume::Run ExtVolume::runOfExtents(std::uint64_t block, std::uint64_t most) {
  if (!extents_) {
    ext2_extent_handle* opened = nullptr;
    requireExt(
        ext2fs_extent_open2(fs_.get(), static_cast<ext2_ino_t>(loaded_), plain(inode_), &opened),
        "a file cannot be read");
    extents_.reset(opened);
  }
  ext2fs_extent extent{};
  errcode_t code = ext2fs_extent_goto(extents_.get(), block);
  if (code == 0) {
    requireExt(ext2fs_extent_get(extents_.get(), EXT2_EXTENT_CURRENT, &extent),
               "a file cannot be read");
    const std::uint64_t in = block - extent.e_lblk;
    if (block < extent.e_lblk || in >= extent.e_len) {
      requireExt(EXT2_ET_EXTENT_LEAF_BAD, "a file cannot be read");
    }
    const bool isWritten = (extent.e_flags & EXT2_EXTENT_FLAGS_UNINIT) == 0;
    return {isWritten ? extent.e_pblk + in : 0, std::min<std::uint64_t>(extent.e_len - in, most)};
  }
  if (code != EXT2_ET_EXTENT_NOT_FOUND) requireExt(code, "a file cannot be read");
  // A hole, up to what comes next: it is left at what came before, or where there is none, at that.
  for (int step = EXT2_EXTENT_CURRENT;; step = EXT2_EXTENT_NEXT_LEAF) {
    code = ext2fs_extent_get(extents_.get(), step, &extent);
    if (code == EXT2_ET_EXTENT_NO_NEXT || code == EXT2_ET_NO_CURRENT_NODE) return {0, most};
    requireExt(code, "a file cannot be read");
    const bool isLeaf = (extent.e_flags & EXT2_EXTENT_FLAGS_LEAF) != 0;
    if (isLeaf && extent.e_lblk > block)
      return {0, std::min<std::uint64_t>(extent.e_lblk - block, most)};
  }
}

ExtVolume::Run ExtVolume::runOfBlocks(std::uint64_t block, std::uint64_t most) {
  Run out{blockOf(block), 1};
  while (out.count < most) {
    const std::uint64_t next = blockOf(block + out.count);
    if (next != (out.first == 0 ? 0 : out.first + out.count)) break;
    ++out.count;
  }
  return out;
}

// Where it lies; 0 for a hole and for what was reserved and never written.
std::uint64_t ExtVolume::blockOf(std::uint64_t block) {
  int flags = 0;
  blk64_t found = 0;
  requireExt(ext2fs_bmap2(fs_.get(), static_cast<ext2_ino_t>(loaded_), plain(inode_),
                          scratch_.data(), 0, block, &flags, &found),
             "a file cannot be read");
  return (flags & BMAP_RET_UNINIT) != 0 ? 0 : found;
}

Hash128 ExtVolume::hashExtras(Node node) {
  load(node);
  ext2_xattr_handle* opened = nullptr;
  requireExt(ext2fs_xattrs_open(fs_.get(), static_cast<ext2_ino_t>(node), &opened),
             "extended attributes cannot be read");
  const auto close = [](ext2_xattr_handle* handle) { ext2fs_xattrs_close(&handle); };
  const std::unique_ptr<ext2_xattr_handle, decltype(close)> handle(opened, close);
  requireExt(ext2fs_xattrs_read(opened), "extended attributes cannot be read");
  Attributes attributes;
  const errcode_t code = ext2fs_xattrs_iterate(opened, &Attributes::onAttribute, &attributes);
  if (attributes.failure) std::rethrow_exception(attributes.failure);
  requireExt(code, "extended attributes cannot be read");
  return hashOfNamed(attributes.all);
}

}  // namespace disktwin::files
