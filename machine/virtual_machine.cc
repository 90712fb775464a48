#include "machine/virtual_machine.h"

#include <fmt/format.h>

#include <utility>

#include "machine/screen.h"
#include "machine/signs.h"
#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/printable.h"

namespace disktwin::machine {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr auto kPatience = 20s;  // for one answer of the monitor
constexpr auto kTick = 200ms;
constexpr std::size_t kLargestPicture = 64U << 20;
constexpr std::size_t kMostConsole = 64U << 10;
constexpr std::size_t kScreenFile = 0;
constexpr std::size_t kVariablesFile = 1;

std::string lastLine(const std::string& text) {
  const std::size_t end = text.find_last_not_of("\n ");
  if (end == text.npos) return {};
  const std::size_t before = text.find_last_of('\n', end);
  const std::size_t from = before == text.npos ? 0 : before + 1;
  return printable(text.substr(from, end + 1 - from));
}

}  // namespace

VirtualMachine::VirtualMachine(Description machine, const Bytes& variables)
    : font_(installedFont()),
      program_(commandLine(filledIn(std::move(machine))), {{}, variables}),
      began_(WorkClock::now()) {
  ask("qmp_capabilities");
}

Description VirtualMachine::filledIn(Description machine) {
  machine.monitor = ChildProgram::kSocket;
  machine.firmwareVariables = ChildProgram::fileName(kVariablesFile);
  return machine;
}

void VirtualMachine::failEnded() {
  for (int i = 0; i < 3; ++i) program_.listen(10ms);
  const std::string why = lastLine(program_.errors());
  throw Error(ErrorKind::Failed, "QEMU",
              why.empty() ? "ended without a word" : "ended and says: " + why);
}

void VirtualMachine::note(const json& message) {
  const auto event = eventOf(message);
  if (!event || !event->byGuest) return;
  if (event->name == "RESET") ++resets_;
  if (event->name == "SHUTDOWN") switchedOff_ = true;
}

// A machine that runs on while its disk does not answer takes the disk for broken.
void VirtualMachine::checkIn() {
  if (Pause::active()) {
    // Not ask(): where the disk has a request open, the answer comes only when all goes on.
    program_.send(json{{"execute", "stop"}, {"id", ++asked_}}.dump() + "\n");
    Pause::wait();
    program_.send(json{{"execute", "cont"}, {"id", ++asked_}}.dump() + "\n");
  }
  Cancellation::check();
}

void VirtualMachine::wait(std::chrono::milliseconds time) {
  const auto end = WorkClock::now() + time;
  do {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - WorkClock::now());
    program_.listen(std::clamp<std::chrono::milliseconds>(left, 0ms, kTick));
    checkIn();
    console_ += program_.takeOutput();
    if (console_.size() > kMostConsole) console_.erase(0, console_.size() - kMostConsole);
    reader_.feed(program_.takeFromSocket());
    if (program_.hasEnded()) failEnded();
  } while (WorkClock::now() < end);
  while (const auto message = reader_.next()) note(*message);
}

json VirtualMachine::hear(std::uint64_t id, const std::string& command) {
  const auto end = WorkClock::now() + kPatience;
  while (WorkClock::now() < end) {
    while (const auto message = reader_.next()) {
      const auto number = message->find("id");
      if (number != message->end() && *number == id) return resultOf(*message, command);
      note(*message);
    }
    program_.listen(kTick);
    checkIn();
    reader_.feed(program_.takeFromSocket());
    if (program_.hasEnded()) failEnded();
  }
  throw Error(ErrorKind::Failed, "QEMU", "does not answer: " + command);
}

json VirtualMachine::ask(const std::string& command, const json& arguments) {
  json request{{"execute", command}, {"id", ++asked_}};
  if (!arguments.is_null()) request["arguments"] = arguments;
  program_.send(request.dump() + "\n");
  return hear(asked_, command);
}

VirtualMachine::Bytes VirtualMachine::dumpScreen(const char* format) {
  program_.emptyFile(kScreenFile);
  ask("screendump", {{"filename", ChildProgram::fileName(kScreenFile)}, {"format", format}});
  return program_.readFile(kScreenFile, kLargestPicture);
}

std::string VirtualMachine::screenText() {
  if (font_.empty()) return {};
  const auto picture = parsePpm(dumpScreen("ppm"));
  return picture ? readScreen(*picture, font_) : std::string();
}

Sample VirtualMachine::look() {
  Sample out;
  out.screen = screenText();
  counters_ = countersOf(ask("query-blockstats"), kDrive);
  wait(0ms);
  out.console = plainText(console_);
  out.diskOperations = counters_.operations;
  out.resets = resets_;
  out.switchedOff = switchedOff_;
  out.seconds = std::chrono::duration<double>(WorkClock::now() - began_).count();
  const double used = program_.processorSeconds();
  if (out.seconds > looked_) out.processorShare = (used - processorUsed_) / (out.seconds - looked_);
  looked_ = out.seconds;
  processorUsed_ = used;
  return out;
}

void VirtualMachine::pressPowerButton() {
  ask("system_powerdown");
}

VirtualMachine::Bytes VirtualMachine::photograph() {
  return dumpScreen("png");
}

}  // namespace disktwin::machine
