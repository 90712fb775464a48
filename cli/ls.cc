#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <locale.h>

#include <ctime>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/inside.h"
#include "cli/passphrase.h"
#include "cli/text.h"
#include "cli/text_table.h"
#include "cli/verbs.h"
#include "clone/files/descent.h"
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
    const auto found = tree_.find(path);
    if (!found) throw Error(ErrorKind::Failed, word, "not found in there");
    if (found->info->type == NodeType::Folder) {
      list(found->node, path, tree_.describe(found->node));
    } else {
      entry(tree_.findLink(path).value_or(*found), path, path.substr(path.rfind('/') + 1));
    }
  }

 private:
  void list(std::uint64_t node, const std::string& path,
            const std::vector<files::Described>& content) {
    const files::Descent::In in(descent_, node, content.size());
    for (const files::Described& found : content) {
      Cancellation::check();
      const std::string full = path.empty() ? found.name : path + "/" + found.name;
      if (!pattern_ || pattern_->matches(found.name)) {
        entry(found, full, isRecursive_ ? full : found.name);
      }
      const bool isFolder = found.info && found.info->type == NodeType::Folder;
      if (isRecursive_ && isFolder) below(found.node, full);
    }
  }

  // What cannot be read of one folder is no reason to leave out the others.
  void below(std::uint64_t node, const std::string& path) {
    std::string why = descent_.whyNot(node);
    std::vector<files::Described> content;
    try {
      if (why.empty()) content = tree_.describe(node);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Failed || tree_.isBroken()) throw;
      why = error.detail();
    }
    if (why.empty()) return list(node, path, content);
    output_.warn(fmt::format("{}: cannot be looked into: {}", printable(path), why));
  }

  // Where it leads; what is wrong with the link is in `whyNot`.
  std::string linkOf(const files::Described& found, std::string& whyNot) {
    if (!found.info || found.info->type != NodeType::Link) return {};
    try {
      return tree_.readLink(found.node);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Failed || tree_.isBroken()) throw;
      whyNot = error.detail();
      return {};
    }
  }

  void entry(const files::Described& found, const std::string& path, const std::string& shown) {
    const std::optional<NodeInfo>& info = found.info;
    std::string whyNot = found.whyNot;
    const std::string link = linkOf(found, whyNot);
    if (!whyNot.empty()) {
      output_.warn(fmt::format("{}: cannot be looked at: {}", printable(path), whyNot));
    }
    if (!info) return;
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
  }

  Output& output_;
  files::FileTree& tree_;
  const bool isLong_;
  const bool isRecursive_;
  files::Descent descent_;
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
