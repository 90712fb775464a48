#include "clone/files/server.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <utility>
#include <vector>

#include "clone/files/packing.h"
#include "clone/files/path_walk.h"
#include "clone/files/protocol.h"
#include "clone/files/records.h"
#include "platform/error.h"

namespace disktwin::files {
namespace {

constexpr std::size_t kLongestReason = 4096;
constexpr std::chrono::seconds kLongestPage{5};

struct Listed {
  std::string name;
  Backend::Node node;
  NodeType type;
};

class Server {
 public:
  explicit Server(Backend& backend) : backend_(backend) {}

  Packer answer(Unpacker request) {
    const auto operation = static_cast<Operation>(request.number());
    const std::string path = request.text();
    const Backend::Node node = request.number();
    const std::uint64_t offset = request.number();
    const std::uint64_t length = request.number();
    switch (operation) {
      case Operation::Stat:
        return stat(path, offset != 0);
      case Operation::List:
        return list(path, offset);
      case Operation::Read:
        return read(path, offset, length);
      case Operation::ReadLink:
        return Packer().text(backend_.readLink(must(path, false)));
      case Operation::Describe:
        return describe(node, offset);
      case Operation::Hash:
        return hash(node, offset, length);
      case Operation::HashExtras:
        return extras(node);
      case Operation::NodeLink:
        return Packer().text(backend_.readLink(node));
      case Operation::NodeRead:
        return readNode(node, offset, length);
    }
    throw Error(ErrorKind::Invalid, "request", "is not known");
  }

 private:
  Backend::Node must(const std::string& path, bool follow) {
    const auto node = walk(backend_, path, follow);
    if (!node) throw Error(ErrorKind::Failed, path, "there is no such file or folder");
    return *node;
  }

  Packer stat(const std::string& path, bool follow) {
    const auto node = walk(backend_, path, follow);
    if (!node) return Packer().number(0);
    Packer out;
    pack(out.number(1).number(*node), backend_.info(*node));
    return out;
  }

  Packer extras(Backend::Node node) {
    Packer out;
    pack(out, backend_.hashExtras(node));
    return out;
  }

  Packer describe(Backend::Node folder, std::uint64_t skip) {
    if (skip == 0 || folder != describedNode_) {
      described_.clear();
      describedNode_ = folder;
      backend_.list(folder, [this](const std::string& name, Backend::Node node, NodeType type) {
        described_.push_back({name, node, type});
      });
      std::ranges::sort(described_, {}, &Listed::name);
    }
    Packer entries;
    std::size_t at = static_cast<std::size_t>(std::min<std::uint64_t>(skip, described_.size()));
    const auto end = std::chrono::steady_clock::now() + kLongestPage;
    for (; at < described_.size() && entries.done().size() < kListBytes; ++at) {
      // A medium that fails slowly is not to use up the patience for one answer.
      if (!entries.done().empty() && std::chrono::steady_clock::now() > end) break;
      entries.text(described_[at].name).number(described_[at].node);
      try {
        const NodeInfo info = backend_.info(described_[at].node);
        pack(entries.number(1), info);
      } catch (const Error& error) {
        entries.number(0).text(error.detail().substr(0, kLongestReason));
      }
    }
    return Packer().number(at < described_.size() ? 1 : 0).bytes(entries.done());
  }

  Packer hash(Backend::Node file, std::uint64_t offset, std::uint64_t length) {
    Hasher hasher;
    std::vector<std::byte> part(kLargestRead);
    std::uint64_t done = 0;
    while (done < length) {
      const auto want =
          static_cast<std::size_t>(std::min<std::uint64_t>(length - done, part.size()));
      const std::size_t got = backend_.read(file, offset + done, std::span(part).first(want));
      hasher.add(std::span(part).first(got));
      done += got;
      if (got < want) break;
    }
    Packer out;
    pack(out.number(done), hasher.result());
    return out;
  }

  Packer list(const std::string& path, std::uint64_t skip) {
    if (skip == 0 || path != listedPath_) {
      listed_.clear();
      listedPath_ = path;
      const Backend::Node folder = must(path, true);
      if (backend_.info(folder).type != NodeType::Folder) {
        throw Error(ErrorKind::Failed, path, "is not a folder");
      }
      backend_.list(folder, [this](const std::string& name, Backend::Node node, NodeType type) {
        listed_.push_back({name, node, type});
      });
    }
    Packer entries;
    std::size_t at = static_cast<std::size_t>(std::min<std::uint64_t>(skip, listed_.size()));
    for (; at < listed_.size() && entries.done().size() < kListBytes; ++at) {
      const Listed& entry = listed_[at];
      entries.number(static_cast<std::uint64_t>(typeOf(entry))).text(entry.name);
    }
    return Packer().number(at < listed_.size() ? 1 : 0).bytes(entries.done());
  }

  NodeType typeOf(const Listed& entry) {
    if (entry.type != NodeType::Other) return entry.type;
    try {
      return backend_.info(entry.node).type;
    } catch (const Error&) {
      return NodeType::Other;
    }
  }

  Packer read(const std::string& path, std::uint64_t offset, std::uint64_t length) {
    if (!readNode_ || readPath_ != path) {
      readNode_ = must(path, true);
      readPath_ = path;
    }
    return readNode(*readNode_, offset, length);
  }

  Packer readNode(Backend::Node node, std::uint64_t offset, std::uint64_t length) {
    std::vector<std::byte> out(
        static_cast<std::size_t>(std::min<std::uint64_t>(length, kLargestRead)));
    out.resize(backend_.read(node, offset, out));
    return Packer().bytes(out);
  }

  Backend& backend_;
  std::string listedPath_;
  std::vector<Listed> listed_;
  Backend::Node describedNode_ = 0;
  std::vector<Listed> described_;
  std::string readPath_;
  std::optional<Backend::Node> readNode_;
};

}  // namespace

void sendFailure(ChildEnd& parent, const std::string& why) {
  parent.send(static_cast<std::uint32_t>(Kind::Failed),
              Packer().text(why.substr(0, kLongestReason)).done());
}

void serve(Backend& backend, ChildEnd& parent) {
  parent.send(static_cast<std::uint32_t>(Kind::Ready),
              Packer().number(backend.ignoresCase() ? 1 : 0).done());
  Server server(backend);
  while (true) {
    const Message request = parent.receive();
    std::string failure;
    try {
      const Packer answer = server.answer(Unpacker(request.body));
      parent.send(static_cast<std::uint32_t>(Kind::Answer), answer.done());
      continue;
    } catch (const Error& error) {
      failure = error.detail();
    } catch (const std::bad_alloc&) {
      failure = "it takes more memory than is allowed";
    } catch (const std::exception& error) {
      failure = error.what();
    }
    sendFailure(parent, failure);
  }
}

}  // namespace disktwin::files
