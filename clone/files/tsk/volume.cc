#include "clone/files/tsk/volume.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include "clone/files/tsk/ntfs_folder.h"
#include "platform/error.h"

namespace disktwin::files {
namespace {

constexpr std::size_t kLongestLink = 4096;
constexpr std::size_t kAttributePart = 256 * 1024;

struct Known {
  const char* type;
  TSK_FS_TYPE_ENUM code;
};

constexpr Known kKnown[] = {
    {"ntfs", TSK_FS_TYPE_NTFS},
    {"vfat", TSK_FS_TYPE_FAT_DETECT},
    {"exfat", TSK_FS_TYPE_EXFAT},
};

const Known* knownType(const std::string& type) {
  for (const Known& known : kKnown) {
    if (type == known.type) return &known;
  }
  return nullptr;
}

[[noreturn]] void fail(const char* what) {
  const char* why = tsk_error_get();
  std::string text = why ? why : "";
  tsk_error_reset();
  throw Error(ErrorKind::Failed, "volume",
              text.empty() ? what : fmt::format("{} ({})", what, text));
}

NodeType typeOfMeta(TSK_FS_META_TYPE_ENUM type) {
  switch (type) {
    case TSK_FS_META_TYPE_REG:
      return NodeType::Regular;
    case TSK_FS_META_TYPE_DIR:
      return NodeType::Folder;
    case TSK_FS_META_TYPE_LNK:
      return NodeType::Link;
    default:
      return NodeType::Other;
  }
}

// With the type bits that POSIX's st_mode has.
std::uint32_t modeOf(const TSK_FS_META& meta) {
  static const std::map<TSK_FS_META_TYPE_ENUM, std::uint32_t> types{
      {TSK_FS_META_TYPE_FIFO, 0010000}, {TSK_FS_META_TYPE_CHR, 0020000},
      {TSK_FS_META_TYPE_DIR, 0040000},  {TSK_FS_META_TYPE_BLK, 0060000},
      {TSK_FS_META_TYPE_REG, 0100000},  {TSK_FS_META_TYPE_LNK, 0120000},
      {TSK_FS_META_TYPE_SOCK, 0140000},
  };
  const auto found = types.find(meta.type);
  return (static_cast<std::uint32_t>(meta.mode) & 07777U) |
         (found == types.end() ? 0 : found->second);
}

NodeType typeOfName(TSK_FS_NAME_TYPE_ENUM type) {
  switch (type) {
    case TSK_FS_NAME_TYPE_REG:
      return NodeType::Regular;
    case TSK_FS_NAME_TYPE_DIR:
      return NodeType::Folder;
    case TSK_FS_NAME_TYPE_LNK:
      return NodeType::Link;
    default:
      return NodeType::Other;
  }
}

// The library makes up folders and files for areas of the format.
bool isReal(const TSK_FS_NAME& name) {
  return name.name && (name.flags & TSK_FS_NAME_FLAG_ALLOC) != 0 &&
         name.type != TSK_FS_NAME_TYPE_VIRT && name.type != TSK_FS_NAME_TYPE_VIRT_DIR;
}

bool isMadeUp(const std::string& name) {
  return name.starts_with("$ALLOC_BITMAP") || name.starts_with("$UPCASE_TABLE") ||
         name.starts_with("$VOLUME_LABEL") || name.starts_with("$VOLUME_GUID") ||
         name.starts_with("$TEX_FAT") || name.starts_with("$ACT");
}

Hash128 hashOfAttribute(const TSK_FS_ATTR& attribute) {
  Hasher hasher;
  std::vector<std::byte> part(kAttributePart);
  const auto size = static_cast<std::uint64_t>(std::max<TSK_OFF_T>(attribute.size, 0));
  for (std::uint64_t at = 0; at < size;) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(size - at, part.size()));
    const ssize_t got =
        tsk_fs_attr_read(&attribute, static_cast<TSK_OFF_T>(at),
                         reinterpret_cast<char*>(part.data()), want, TSK_FS_FILE_READ_FLAG_NONE);
    if (got != static_cast<ssize_t>(want)) fail("a stream cannot be read");
    hasher.add(std::span(part).first(want));
    at += want;
  }
  return hasher.result();
}

}  // namespace

// The library casts: its own structure has to come first.
struct TskVolume::Image {
  TSK_IMG_INFO base{};
  ReadBytes read;

  static ssize_t onRead(TSK_IMG_INFO* image, TSK_OFF_T offset, char* out, size_t length) {
    auto* self = reinterpret_cast<Image*>(image);
    if (offset < 0) return -1;
    const auto bytes = std::as_writable_bytes(std::span(out, length));
    const bool isRead = self->read(static_cast<std::uint64_t>(offset), bytes, Need::Wanted);
    return isRead ? static_cast<ssize_t>(length) : -1;
  }
  static void onClose(TSK_IMG_INFO*) {}
  static void onDescribe(TSK_IMG_INFO*, FILE*) {}
};

TskVolume::TskVolume(const std::string& type, std::uint64_t size, std::uint32_t sectorSize,
                     ReadBytes read)
    : image_(std::make_unique<Image>()) {
  const Known* known = knownType(type);
  if (!known) throw Error(ErrorKind::Failed, "volume", fmt::format("{} is not known", type));
  TSK_IMG_INFO& base = image_->base;
  base.tag = TSK_IMG_INFO_TAG;
  base.itype = TSK_IMG_TYPE_EXTERNAL;
  base.size = static_cast<TSK_OFF_T>(size);
  base.num_img = 1;
  base.sector_size = sectorSize;
  base.read = &Image::onRead;
  base.close = &Image::onClose;
  base.imgstat = &Image::onDescribe;
  ::pthread_mutex_init(&base.cache_lock.mutex, nullptr);
  image_->read = std::move(read);
  fs_ = tsk_fs_open_img(&base, 0, known->code);
  if (!fs_) fail("the filesystem cannot be opened");
}

TskVolume::~TskVolume() {
  openFile_.reset();
  if (fs_) tsk_fs_close(fs_);
}

bool TskVolume::knows(const std::string& type) {
  return knownType(type) != nullptr;
}

Backend::Node TskVolume::root() const {
  return fs_->root_inum;
}

TSK_FS_FILE& TskVolume::open(Node node) {
  if (!openFile_ || openNode_ != node) {
    openFile_.reset(tsk_fs_file_open_meta(fs_, nullptr, node));
    openNode_ = node;
  }
  if (!openFile_ || !openFile_->meta) fail("a file cannot be opened");
  return *openFile_;
}

NodeInfo TskVolume::info(Node node) {
  const TSK_FS_META& meta = *open(node).meta;
  NodeInfo out;
  out.type = typeOfMeta(meta.type);
  out.size = static_cast<std::uint64_t>(std::max<TSK_OFF_T>(meta.size, 0));
  out.modified = meta.mtime;
  out.modifiedNanos = meta.mtime_nano;
  out.mode = modeOf(meta);
  out.owner = meta.uid;
  out.group = meta.gid;
  out.links = static_cast<std::uint64_t>(std::max(meta.nlink, 0));
  return out;
}

void TskVolume::list(Node folder, const Each& each) {
  // To find deleted files, the library reads all of the MFT before it opens the first folder.
  if (fs_->ftype == TSK_FS_TYPE_NTFS) return listNtfsFolder(open(folder), each);
  listByLibrary(folder, each);
}

void TskVolume::listByLibrary(Node folder, const Each& each) {
  const std::unique_ptr<TSK_FS_DIR, void (*)(TSK_FS_DIR*)> all(tsk_fs_dir_open_meta(fs_, folder),
                                                               &tsk_fs_dir_close);
  if (!all) fail("a folder cannot be read");
  // Of exFAT the format's own structures are shown as files at the top.
  const bool hidesDollar = fs_->ftype == TSK_FS_TYPE_EXFAT && folder == root();
  for (std::size_t i = 0; i < tsk_fs_dir_getsize(all.get()); ++i) {
    const TskFile file(tsk_fs_dir_get(all.get(), i));
    if (!file || !file->name || !isReal(*file->name)) continue;
    const std::string name = file->name->name;
    if (name.empty() || name == "." || name == "..") continue;
    if (hidesDollar && isMadeUp(name)) continue;
    each(name, file->name->meta_addr, typeOfName(file->name->type));
  }
}

std::size_t TskVolume::read(Node node, std::uint64_t offset, std::span<std::byte> out) {
  TSK_FS_FILE& file = open(node);
  if (file.meta->type != TSK_FS_META_TYPE_REG) {
    throw Error(ErrorKind::Failed, "file", "is not a regular file");
  }
  const auto size = static_cast<std::uint64_t>(std::max<TSK_OFF_T>(file.meta->size, 0));
  if (offset >= size) return 0;
  const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size - offset));
  const ssize_t got =
      tsk_fs_file_read(&file, static_cast<TSK_OFF_T>(offset), reinterpret_cast<char*>(out.data()),
                       length, TSK_FS_FILE_READ_FLAG_NONE);
  if (got != static_cast<ssize_t>(length)) fail("a file cannot be read");
  return length;
}

std::string TskVolume::readLink(Node link) {
  const TSK_FS_META& meta = *open(link).meta;
  if (meta.type != TSK_FS_META_TYPE_LNK || !meta.link) {
    throw Error(ErrorKind::Failed, "file", "is not a symbolic link");
  }
  return std::string(meta.link).substr(0, kLongestLink);
}

// Of NTFS, streams have names: what Windows has compressed as a system file lies in one.
Hash128 TskVolume::hashExtras(Node node) {
  std::map<std::string, Hash128> all;
  if (fs_->ftype != TSK_FS_TYPE_NTFS) return {};
  TSK_FS_FILE& file = open(node);
  const int count = tsk_fs_file_attr_getsize(&file);
  for (int i = 0; i < count; ++i) {
    const TSK_FS_ATTR* found = tsk_fs_file_attr_get_idx(&file, i);
    if (!found || found->type != TSK_FS_ATTR_TYPE_NTFS_DATA || !found->name) continue;
    if (file.meta->type == TSK_FS_META_TYPE_REG && std::strcmp(found->name, "$Data") == 0) continue;
    all[found->name] = hashOfAttribute(*found);
  }
  return hashOfNamed(all);
}

}  // namespace disktwin::files
