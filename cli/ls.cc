#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <locale.h>

#include <ctime>
#include <optional>
#include <string>
#include <utility>

#include "cli/inside.h"
#include "cli/passphrase.h"
#include "cli/text.h"
#include "cli/text_table.h"
#include "cli/verbs.h"
#include "clone/plan/endpoint.h"
#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/printable.h"
#include "platform/size_text.h"

namespace disktwin::cli {
namespace {

const char* typeName(NodeType type) {
  switch (type) {
    case NodeType::Regular:
      return "file";
    case NodeType::Folder:
      return "folder";
    case NodeType::Link:
      return "link";
    case NodeType::Other:
      break;
  }
  return "other";
}

// "drwxr-xr-x"
std::string modeText(const NodeInfo& info) {
  const char first = info.type == NodeType::Folder    ? 'd'
                     : info.type == NodeType::Link    ? 'l'
                     : info.type == NodeType::Regular ? '-'
                                                      : '?';
  std::string out(1, first);
  for (int bit = 8; bit >= 0; --bit) out += (info.mode >> bit & 1) != 0 ? "xwr"[bit % 3] : '-';
  return out;
}

// A name that no text can hold can still be asked for.
std::string hexOf(const std::string& bytes) {
  std::string out;
  for (const char byte : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return out;
}

std::string timeText(std::int64_t seconds) {
  // What a damaged volume says may be no time that can be written.
  constexpr std::int64_t kLatest = 253'402'300'799;  // the end of the year 9999
  if (seconds < 0 || seconds > kLatest) return "?";
  return fmt::format("{:%F %H:%M}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

// "*.txt", whether letters are small or capital.
class NamePattern {
 public:
  explicit NamePattern(std::string pattern)
      : pattern_(std::move(pattern)), unicode_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {}
  ~NamePattern() {
    if (unicode_) ::freelocale(unicode_);
  }
  NamePattern(const NamePattern&) = delete;
  NamePattern& operator=(const NamePattern&) = delete;

  bool matches(const std::string& name) const {
    if (unicode_) {
      const locale_t before = ::uselocale(unicode_);
      const int found = ::fnmatch(pattern_.c_str(), name.c_str(), FNM_CASEFOLD);
      ::uselocale(before);
      // Anything else: the name is no UTF-8.
      if (found == 0 || found == FNM_NOMATCH) return found == 0;
    }
    return ::fnmatch(pattern_.c_str(), name.c_str(), FNM_CASEFOLD) == 0;
  }

 private:
  const std::string pattern_;
  const locale_t unicode_;  // what letters there are, whatever language the user has; may be null
};

class Listing {
 public:
  Listing(const Arguments& arguments, Output& output, files::FileTree& tree)
      : output_(output),
        tree_(tree),
        isLong_(arguments.has("long")),
        isRecursive_(arguments.has("recursive")) {
    if (arguments.has("name")) pattern_.emplace(arguments.text("name"));
  }

  // Throws Error(Failed) for what is not there.
  void run(const std::string& path, const std::string& word) {
    const auto info = tree_.stat(path);
    if (!info) throw Error(ErrorKind::Failed, word, "not found in there");
    if (info->type == NodeType::Folder) {
      folder(path, 0);
    } else {
      entry(path, path.substr(path.rfind('/') + 1));
    }
  }

 private:
  void folder(const std::string& path, unsigned depth) {
    for (const files::Entry& found : tree_.listSome(path, files::kMostEntries)) {
      Cancellation::check();
      const std::string full = path.empty() ? found.name : path + "/" + found.name;
      const bool isWanted = !pattern_ || pattern_->matches(found.name);
      const bool isFolder =
          isWanted ? entry(full, isRecursive_ ? full : found.name) : found.type == NodeType::Folder;
      if (isRecursive_ && isFolder && depth < files::kDeepestFolder) folder(full, depth + 1);
    }
  }

  std::optional<NodeInfo> lookAt(const std::string& path, std::string& link) {
    try {
      auto info = tree_.statLink(path);
      if (info && info->type == NodeType::Link) link = tree_.readLink(path);
      return info;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Failed) throw;
      return std::nullopt;
    }
  }

  // Says one; whether it is a folder.
  bool entry(const std::string& path, const std::string& shown) {
    std::string link;
    const auto info = lookAt(path, link);
    if (!info) {
      output_.warn(fmt::format("{}: cannot be looked at", printable(path)));
      return false;
    }
    nlohmann::json fields{{"path", printable(path)},    {"type", typeName(info->type)},
                          {"size", info->size},         {"modified", info->modified},
                          {"mode", info->mode & 07777}, {"owner", info->owner},
                          {"group", info->group},       {"link", printable(link)}};
    if (printable(path) != path) fields["path_hex"] = hexOf(path);
    output_.event("entry", std::move(fields));
    const bool isFolder = info->type == NodeType::Folder;
    std::string text = printable(shown) + (isFolder ? "/" : "");
    if (isLong_) {
      text = fmt::format("{} {:5} {:5} {:>14} {} {}{}", modeText(*info), info->owner, info->group,
                         formatCount(info->size), timeText(info->modified), text,
                         link.empty() ? "" : " -> " + printable(link));
    }
    output_.line(text);
    return isFolder;
  }

  Output& output_;
  files::FileTree& tree_;
  const bool isLong_;
  const bool isRecursive_;
  std::optional<NamePattern> pattern_;
};

void listVolumes(const Source& source, Output& output) {
  TextTable table({"#", "type", "label", "size", "name"});
  table.alignRight(0);
  table.alignRight(3);
  for (const plan::Volume& volume : source.survey.volumes) {
    const table::Partition* partition = source.survey.layout.find(volume.partition);
    const std::string name = partition ? printable(partition->name()) : "";
    output.event("volume", {{"partition", volume.partition},
                            {"type", volume.type},
                            {"label", printable(volume.label)},
                            {"name", name},
                            {"size", volume.bytes.length}});
    table.add({fmt::format("{}", volume.partition), volume.type, printable(volume.label),
               formatSize(volume.bytes.length), name});
  }
  output.line(table.toString(0));
}

}  // namespace

void addLsOptions(Options& options) {
  namespace po = boost::program_options;
  options.add_options()("long,l", "mode, owner, size and time as well")("recursive,R",
                                                                        "what is in folders, too")(
      "name", po::value<std::string>()->value_name("PATTERN"),
      "of what is in folders only what is called so, as in '*.txt'; case does not matter");
  addImageOptions(options);
}

int runLs(const Arguments& arguments, Output& output) {
  const DeviceTree tree = DeviceTree::read();
  const std::string& word = arguments.word(0);
  const Inside inside = parseInside(tree, word);
  Passphrase passphrase(arguments, output);
  const Source source =
      openSource(tree, inside.source, sourceOptions(arguments, passphrase.asker()));
  const bool hasTable = source.survey.layout.kind != table::TableKind::None;
  if (hasTable && !inside.partition) {
    listVolumes(source, output);
  } else {
    const plan::Volume& volume = volumeOf(source, inside);
    const auto files = openFiles(source, volume);
    Listing(arguments, output, *files).run(inside.path, word);
  }
  output.event("done", {{"exit_code", 0}});
  output.requireDelivered();
  return 0;
}

}  // namespace disktwin::cli
