#include "machine/qmp.h"

#include "platform/error.h"
#include "platform/printable.h"

namespace disktwin::machine {
namespace {

using nlohmann::json;

constexpr int kDeepest = 32;

Error notQmp(std::string_view line) {
  return {ErrorKind::Failed, "QEMU",
          "its monitor says '" + printable(line.substr(0, 60)) + "', expected a JSON object",
          "is that really QEMU?"};
}

std::string textOf(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint64_t numberOf(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

// Nothing of QEMU's is nested that deep; brackets inside of strings count too, which does no harm.
bool tooDeep(std::string_view line) {
  int depth = 0;
  for (const char c : line) {
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth > kDeepest) return true;
  }
  return false;
}

}  // namespace

void QmpReader::feed(std::string_view bytes) {
  rest_ += bytes;
}

std::optional<json> QmpReader::next() {
  for (;;) {
    const std::size_t end = rest_.find('\n');
    if (end == rest_.npos) {
      if (rest_.size() > kLongestLine) throw notQmp(rest_);
      return std::nullopt;
    }
    const std::string line = rest_.substr(0, end);
    rest_.erase(0, end + 1);
    if (line.find_first_not_of(" \r\t") == line.npos) continue;
    if (line.size() > kLongestLine || tooDeep(line)) throw notQmp(line);
    json message = json::parse(line, nullptr, false);
    if (!message.is_object()) throw notQmp(line);
    return message;
  }
}

std::optional<QmpEvent> eventOf(const json& message) {
  QmpEvent out{textOf(message, "event"), false, {}};
  if (out.name.empty()) return std::nullopt;
  const auto data = message.find("data");
  if (data != message.end() && data->is_object()) {
    const auto guest = data->find("guest");
    out.byGuest = guest != data->end() && guest->is_boolean() && guest->get<bool>();
    out.reason = textOf(*data, "reason");
  }
  return out;
}

json resultOf(const json& reply, const std::string& command) {
  const auto result = reply.find("return");
  if (result != reply.end()) return *result;
  const auto error = reply.find("error");
  std::string why = "no answer";
  if (error != reply.end() && error->is_object()) why = printable(textOf(*error, "desc"));
  throw Error(ErrorKind::Failed, "QEMU", command + " failed: " + why);
}

DiskCounters countersOf(const json& result, const std::string& drive) {
  DiskCounters out;
  if (!result.is_array()) return out;
  for (const json& one : result) {
    if (!one.is_object() || textOf(one, "device") != drive) continue;
    const auto stats = one.find("stats");
    if (stats == one.end() || !stats->is_object()) continue;
    out.operations = numberOf(*stats, "rd_operations") + numberOf(*stats, "wr_operations");
    out.bytesRead = numberOf(*stats, "rd_bytes");
    out.bytesWritten = numberOf(*stats, "wr_bytes");
  }
  return out;
}

}  // namespace disktwin::machine
