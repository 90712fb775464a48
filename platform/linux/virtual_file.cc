#define FUSE_USE_VERSION 31

#include "platform/virtual_file.h"

#include <fuse.h>
#include <fuse_lowlevel.h>
#include <linux/falloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "platform/error.h"
#include "platform/fork_gate.h"
#include "platform/linux/mount_keeper.h"
#include "platform/program.h"

namespace disktwin {
namespace {

constexpr const char* kName = "/volume";
// A loop device lets go of the file a moment after it was told to.
constexpr auto kForALoop = std::chrono::seconds(30);

class Server {
 public:
  explicit Server(FileContent& content) : content_(content) {}

  FileContent& content() { return content_; }
  void opened() { ++open_; }
  void closed() { --open_; }
  bool isOpen() const { return open_ > 0; }
  std::exception_ptr error() const {
    const std::lock_guard lock(mutex_);
    return error_;
  }
  // Nothing that C++ throws may reach libfuse.
  template <typename Work>
  int guarded(int result, const Work& work) noexcept {
    try {
      work();
      return result;
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
      return -EIO;
    }
  }

 private:
  FileContent& content_;
  std::atomic<int> open_{0};
  mutable std::mutex mutex_;
  std::exception_ptr error_;
};

Server& server() {
  return *static_cast<Server*>(fuse_get_context()->private_data);
}

void* start(fuse_conn_info* connection, fuse_config* config) {
  connection->max_write = 1U << 20;
  connection->max_readahead = 1U << 20;
  connection->want &= ~FUSE_CAP_SPLICE_READ;  // it would allocate for that between requests
  config->kernel_cache = 1;  // nobody changes the bytes but who has the file open
  return fuse_get_context()->private_data;
}

int getAttributes(const char* path, struct stat* out, fuse_file_info*) {
  std::memset(out, 0, sizeof *out);
  out->st_uid = ::geteuid();
  out->st_gid = ::getegid();
  if (std::strcmp(path, "/") == 0) {
    out->st_mode = S_IFDIR | 0700;
    out->st_nlink = 2;
    return 0;
  }
  if (std::strcmp(path, kName) != 0) return -ENOENT;
  out->st_mode = S_IFREG | 0600;
  out->st_nlink = 1;
  out->st_size = static_cast<off_t>(server().content().size());
  out->st_blocks = out->st_size / 512;
  out->st_blksize = 4096;
  return 0;
}

int openFile(const char* path, fuse_file_info*) {
  if (std::strcmp(path, kName) != 0) return -ENOENT;
  server().opened();
  return 0;
}

int closeFile(const char*, fuse_file_info*) {
  server().closed();
  return 0;
}

// How much of a range lies inside of the file.
std::size_t inside(off_t offset, std::size_t length) {
  const std::uint64_t size = server().content().size();
  const auto from = static_cast<std::uint64_t>(offset);
  return from >= size ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(length, size - from));
}

int readFile(const char*, char* out, std::size_t length, off_t offset, fuse_file_info*) {
  const std::size_t count = inside(offset, length);
  return server().guarded(static_cast<int>(count), [&] {
    if (count == 0) return;
    server().content().read(static_cast<std::uint64_t>(offset),
                            std::as_writable_bytes(std::span(out, count)));
  });
}

int writeFile(const char*, const char* data, std::size_t length, off_t offset, fuse_file_info*) {
  const std::size_t count = inside(offset, length);
  if (count < length) return -ENOSPC;
  return server().guarded(static_cast<int>(count), [&] {
    server().content().write(static_cast<std::uint64_t>(offset),
                             std::as_bytes(std::span(data, count)));
  });
}

int allocateFile(const char*, int mode, off_t offset, off_t length, fuse_file_info*) {
  if ((mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) == 0) return 0;
  const std::size_t count = inside(offset, static_cast<std::size_t>(length));
  return server().guarded(0, [&] {
    server().content().zero({static_cast<std::uint64_t>(offset), count});
  });
}

// Some programs cut the file to the size that they have brought it to; what lies behind stays.
int truncateFile(const char*, off_t size, fuse_file_info*) {
  return static_cast<std::uint64_t>(size) <= server().content().size() ? 0 : -ENOSPC;
}

int syncFile(const char*, int, fuse_file_info*) {
  return 0;
}

fuse_operations operations() {
  fuse_operations out{};
  out.init = start;
  out.getattr = getAttributes;
  out.open = openFile;
  out.release = closeFile;
  out.read = readFile;
  out.write = writeFile;
  out.fallocate = allocateFile;
  out.truncate = truncateFile;
  out.fsync = syncFile;
  return out;
}

// Sets `ready` when the kernel has been answered for the first time, or will not be.
void serve(fuse_session* session, std::promise<void> ready) {
  fuse_buf request{};
  bool isReady = false;
  while (fuse_session_exited(session) == 0) {
    const int count = fuse_session_receive_buf(session, &request);
    if (count == -EINTR) continue;
    if (count <= 0) break;
    const ForkGate::Busy busy = ForkGate::busy();
    fuse_session_process_buf(session, &request);
    if (!isReady) ready.set_value();
    isReady = true;
  }
  if (!isReady) ready.set_value();
  std::free(request.mem);
}

std::string privateFolder() {
  std::error_code ignored;
  const std::filesystem::path base = std::filesystem::temp_directory_path(ignored);
  std::string name = ((base.empty() ? "/tmp" : base) / "disktwin-volume.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw Error(ErrorKind::Failed, name, std::string("cannot be made: ") + std::strerror(errno),
                "set TMPDIR to a folder that can be written to");
  }
  return name;
}

}  // namespace

struct VirtualFile::State {
  explicit State(FileContent& content)
      : server(content),
        folder(privateFolder()),
        path(folder + kName),
        keeper(folder, findProgram("fusermount3").value_or("")) {}
  ~State() { std::filesystem::remove(folder, ignored); }

  Server server;
  std::string folder;
  std::string path;
  MountKeeper keeper;  // ends when all has been taken away
  fuse* handle = nullptr;
  std::thread thread;
  std::error_code ignored;
};

std::string VirtualFile::whyNot() {
  if (::access("/dev/fuse", R_OK | W_OK) != 0) return "FUSE cannot be used here (/dev/fuse)";
  return findProgram("fusermount3") ? "" : "fusermount3 is not installed (package fuse3)";
}

VirtualFile::VirtualFile(FileContent& content) : state_(std::make_unique<State>(content)) {
  std::string words[] = {"disktwin", "-ofsname=disktwin,subtype=disktwin"};
  char* argv[] = {words[0].data(), words[1].data(), nullptr};
  fuse_args arguments = FUSE_ARGS_INIT(2, argv);
  const fuse_operations served = operations();
  state_->handle = fuse_new(&arguments, &served, sizeof served, &state_->server);
  fuse_opt_free_args(&arguments);
  if (state_->handle == nullptr || fuse_mount(state_->handle, state_->folder.c_str()) != 0) {
    if (state_->handle != nullptr) fuse_destroy(state_->handle);
    throw Error(ErrorKind::Failed, "FUSE", "a virtual file cannot be made",
                "is the package fuse3 installed, and may you use /dev/fuse?");
  }
  std::promise<void> ready;
  std::future<void> begun = ready.get_future();
  state_->thread = std::thread(serve, fuse_get_session(state_->handle), std::move(ready));
  begun.wait();
}

VirtualFile::~VirtualFile() {
  const auto end = std::chrono::steady_clock::now() + kForALoop;
  while (state_->server.isOpen() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  fuse_exit(state_->handle);
  fuse_unmount(state_->handle);
  state_->thread.join();
  fuse_destroy(state_->handle);
}

const std::string& VirtualFile::path() const {
  return state_->path;
}

void VirtualFile::rethrow() const {
  if (const std::exception_ptr error = state_->server.error()) std::rethrow_exception(error);
}

}  // namespace disktwin
