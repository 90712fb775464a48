#include "cli/job/command.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "image/format/seal.h"

namespace disktwin::cli {
namespace {

std::string* textOf(nlohmann::json& object, const char* field) {
  const auto found = object.find(field);
  return found == object.end() ? nullptr : found->get_ptr<std::string*>();
}

std::optional<Command> commandOf(nlohmann::json& object) {
  const std::string* name = textOf(object, "command");
  if (!name) return std::nullopt;
  if (*name == "pause") return Command{Command::Kind::Pause, {}};
  if (*name == "resume") return Command{Command::Kind::Resume, {}};
  if (*name == "cancel") return Command{Command::Kind::Cancel, {}};
  std::string* passphrase = textOf(object, "passphrase");
  if (*name != "passphrase" || !passphrase) return std::nullopt;
  return Command{Command::Kind::Passphrase, *passphrase};
}

}  // namespace

std::optional<Command> parseCommand(const std::string& line) {
  nlohmann::json object = nlohmann::json::parse(line, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  std::optional<Command> out = commandOf(object);
  if (std::string* passphrase = textOf(object, "passphrase")) image::forget(*passphrase);
  return out;
}

}  // namespace disktwin::cli
