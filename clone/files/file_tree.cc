#include "clone/files/file_tree.h"

#include <algorithm>
#include <utility>

#include "clone/files/backend.h"
#include "clone/files/packing.h"
#include "clone/files/protocol.h"
#include "clone/files/records.h"
#include "platform/pause.h"
#include "platform/printable.h"

namespace disktwin::files {
namespace {

constexpr std::size_t kLongestPath = 64 * KiB;

}  // namespace

FileTree::FileTree(ReaderPtr reader, std::unique_ptr<ConfinedProcess> child,
                   std::unique_ptr<ShownVolume> shown)
    : reader_(std::move(reader)), shown_(std::move(shown)), child_(std::move(child)) {
  const Message first = hear();
  if (first.kind != static_cast<std::uint32_t>(Kind::Ready)) {
    throw Error(ErrorKind::Failed, reader_->name(), "the helper process did not say that it began");
  }
  ignoresCase_ = Unpacker(first.body).number() != 0;
}

// The next message that is no question for bytes.
Message FileTree::hear() {
  if (broken_) throw Error(ErrorKind::Failed, reader_->name(), "its helper process has failed");
  broken_ = true;
  const auto deadline = WorkClock::now() + patience_;
  readError_.reset();
  while (true) {
    Message message = child_->receive(deadline);
    if (message.kind == static_cast<std::uint32_t>(Kind::NeedBytes)) {
      give(message, deadline);
      continue;
    }
    const bool failed = message.kind == static_cast<std::uint32_t>(Kind::Failed);
    const std::string why = failed ? Unpacker(message.body).text() : std::string();
    broken_ = false;
    if (!failed) return message;
    if (shown_) readError_ = shown_->takeError();
    if (readError_) throw Error(*readError_);
    throw Error(ErrorKind::Failed, reader_->name(), printable(why));
  }
}

void FileTree::give(const Message& request, ConfinedProcess::Deadline deadline) {
  Unpacker in(request.body);
  const std::uint64_t offset = in.number();
  const std::uint64_t length = in.number();
  const bool isTried = in.number() == static_cast<std::uint64_t>(Need::Tried);
  if (length <= kLargestRead && extentFits(offset, length, reader_->size())) {
    try {
      const auto bytes = readBytes(*reader_, offset, static_cast<std::size_t>(length));
      child_->send(static_cast<std::uint32_t>(Kind::Bytes), bytes, deadline);
      return;
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::Cancelled || error.kind() == ErrorKind::Failed) throw;
      if (!isTried) readError_ = error;
    }
  }
  child_->send(static_cast<std::uint32_t>(Kind::NoBytes), {}, deadline);
}

std::vector<std::byte> FileTree::ask(std::uint64_t operation, const std::string& path,
                                     std::uint64_t node, std::uint64_t offset,
                                     std::uint64_t length) {
  if (broken_) throw Error(ErrorKind::Failed, reader_->name(), "its helper process has failed");
  if (path.size() > kLongestPath) throw Error(ErrorKind::Failed, "path", "is too long");
  // What the kernel has read ahead since, and nobody needed.
  if (shown_) shown_->takeError();
  child_->send(
      static_cast<std::uint32_t>(Kind::Request),
      Packer().number(operation).text(path).number(node).number(offset).number(length).done(),
      WorkClock::now() + patience_);
  Message answer = hear();
  if (answer.kind != static_cast<std::uint32_t>(Kind::Answer)) {
    broken_ = true;
    throw Error(ErrorKind::Failed, reader_->name(), "the helper process answered rubbish");
  }
  return std::move(answer.body);
}

std::optional<Described> FileTree::findAs(const std::string& path, bool follow) {
  const auto answer = ask(static_cast<std::uint64_t>(Operation::Stat), path, 0, follow ? 1 : 0, 0);
  Unpacker in(answer);
  if (in.number() == 0) return std::nullopt;
  Described out;
  out.node = in.number();
  out.info = unpackInfo(in);
  return out;
}

std::optional<Described> FileTree::find(const std::string& path) {
  return findAs(path, true);
}

std::optional<Described> FileTree::findLink(const std::string& path) {
  return findAs(path, false);
}

std::optional<NodeInfo> FileTree::stat(const std::string& path) {
  const auto found = findAs(path, true);
  return found ? found->info : std::nullopt;
}

std::optional<NodeInfo> FileTree::statLink(const std::string& path) {
  const auto found = findAs(path, false);
  return found ? found->info : std::nullopt;
}

bool FileTree::isFile(const std::string& path) {
  const auto info = stat(path);
  return info && info->type == NodeType::Regular;
}

bool FileTree::isFolder(const std::string& path) {
  const auto info = stat(path);
  return info && info->type == NodeType::Folder;
}

void FileTree::list(const std::string& folder, const std::function<bool(const Entry&)>& each) {
  std::uint64_t seen = 0;
  for (bool more = true; more;) {
    const auto answer = ask(static_cast<std::uint64_t>(Operation::List), folder, 0, seen, 0);
    Unpacker in(answer);
    more = in.number() != 0;
    const std::uint64_t before = seen;
    while (!in.atEnd()) {
      Entry entry;
      entry.type = unpackType(in);
      entry.name = in.text();
      ++seen;
      if (!each(entry)) return;
    }
    if (seen > kMostEntries || (more && seen == before)) {
      throw Error(ErrorKind::Invalid, reader_->name(), "a folder has no end");
    }
  }
}

std::vector<Entry> FileTree::listSome(const std::string& folder, std::size_t most) {
  std::vector<Entry> out;
  if (most == 0 || !isFolder(folder)) return out;
  list(folder, [&](const Entry& entry) {
    out.push_back(entry);
    return out.size() < most;
  });
  std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return out;
}

std::size_t FileTree::read(const std::string& path, std::uint64_t offset,
                           std::span<std::byte> out) {
  return readAs(static_cast<std::uint64_t>(Operation::Read), path, 0, offset, out);
}

std::size_t FileTree::read(std::uint64_t file, std::uint64_t offset, std::span<std::byte> out) {
  return readAs(static_cast<std::uint64_t>(Operation::NodeRead), {}, file, offset, out);
}

std::size_t FileTree::readAs(std::uint64_t operation, const std::string& path, std::uint64_t node,
                             std::uint64_t offset, std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::size_t length = std::min(out.size() - done, kLargestRead);
    const auto bytes = ask(operation, path, node, offset + done, length);
    if (bytes.size() > length) {
      broken_ = true;
      throw Error(ErrorKind::Failed, reader_->name(), "the helper process answered rubbish");
    }
    std::copy(bytes.begin(), bytes.end(), out.begin() + static_cast<std::ptrdiff_t>(done));
    done += bytes.size();
    if (bytes.size() < length) break;
  }
  return done;
}

std::optional<std::string> FileTree::readText(const std::string& path, std::size_t most) {
  const auto info = stat(path);
  if (!info || info->type != NodeType::Regular || info->size > most) return std::nullopt;
  std::string out(static_cast<std::size_t>(info->size), '\0');
  out.resize(read(path, 0, std::as_writable_bytes(std::span(out.data(), out.size()))));
  return out;
}

std::vector<Described> FileTree::describe(std::uint64_t folder) {
  std::vector<Described> out;
  for (bool more = true; more;) {
    const std::size_t before = out.size();
    const auto answer = ask(static_cast<std::uint64_t>(Operation::Describe), {}, folder, before, 0);
    Unpacker in(answer);
    more = in.number() != 0;
    while (!in.atEnd()) {
      Described entry;
      entry.name = in.text();
      entry.node = in.number();
      if (in.number() != 0) {
        entry.info = unpackInfo(in);
      } else {
        entry.whyNot = printable(in.text());
        // Who looks at a folder is not to be told of an empty or short one because of a medium.
        if (readError_) throw Error(*readError_);
      }
      out.push_back(std::move(entry));
    }
    if (out.size() > kMostEntries || (more && out.size() == before)) {
      throw Error(ErrorKind::Invalid, reader_->name(), "a folder has no end");
    }
  }
  return out;
}

FileTree::PartHash FileTree::hash(std::uint64_t file, std::uint64_t offset, std::uint64_t length) {
  const auto answer = ask(static_cast<std::uint64_t>(Operation::Hash), {}, file, offset, length);
  Unpacker in(answer);
  PartHash out;
  out.length = std::min(in.number(), length);
  out.hash = unpackHash(in);
  return out;
}

Hash128 FileTree::hashExtras(std::uint64_t node) {
  const auto answer = ask(static_cast<std::uint64_t>(Operation::HashExtras), {}, node, 0, 0);
  Unpacker in(answer);
  return unpackHash(in);
}

std::string FileTree::readLink(std::uint64_t link) {
  const auto answer = ask(static_cast<std::uint64_t>(Operation::NodeLink), {}, link, 0, 0);
  return Unpacker(answer).text();
}

std::string FileTree::readLink(const std::string& path) {
  const auto answer = ask(static_cast<std::uint64_t>(Operation::ReadLink), path, 0, 0, 0);
  return Unpacker(answer).text();
}

}  // namespace disktwin::files
