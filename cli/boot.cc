#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <filesystem>
#include <optional>
#include <utility>

#include "cli/json.h"
#include "cli/passphrase.h"
#include "cli/source.h"
#include "cli/verbs.h"
#include "clone/io/overlay.h"
#include "machine/acceleration.h"
#include "machine/boot_entry.h"
#include "machine/firmware_files.h"
#include "machine/loaders.h"
#include "machine/screen.h"
#include "machine/trial.h"
#include "platform/error.h"
#include "platform/printable.h"
#include "platform/program.h"
#include "platform/size_text.h"
#include "platform/small_file.h"
#include "platform/terminal.h"
#include "platform/usage.h"
#include "platform/virtual_file.h"

namespace disktwin::cli {
namespace {

namespace po = boost::program_options;
using machine::Acceleration;
using machine::Bus;
using machine::Firmware;
using machine::Outcome;

constexpr std::uint64_t kUsualMemory = 2ULL << 30;
constexpr std::uint64_t kLeastMemory = 64ULL << 20;
constexpr double kUsualTimeout = 300;       // seconds
constexpr double kTranslatedTimeout = 900;  // without KVM
constexpr std::size_t kLargestVariables = 64ULL << 20;
constexpr double kEventEvery = 2;  // seconds
constexpr std::size_t kMostLines = 12;

// One of a few words; nullopt for "auto" and when it was not given.
template <typename Value>
std::optional<Value> chosen(const Arguments& arguments, const std::string& option,
                            std::initializer_list<Value> values) {
  const std::string given = arguments.text(option);
  if (given.empty() || given == "auto") return std::nullopt;
  std::string known = "auto";
  for (const Value value : values) {
    if (given == machine::nameOf(value)) return value;
    known += fmt::format(", {}", machine::nameOf(value));
  }
  throw Error(ErrorKind::Usage, "--" + option,
              fmt::format("'{}', expected one of: {}", given, known));
}

// The end of what stood on a screen, as lines that a terminal can show.
std::string lastLines(const std::string& text) {
  std::string out;
  std::size_t end = text.size();
  for (std::size_t lines = 0; lines < kMostLines && end > 0;) {
    const std::size_t before = text.rfind('\n', end - 1);
    const std::size_t from = before == text.npos ? 0 : before + 1;
    const std::string line = printable(text.substr(from, end - from));
    end = before == text.npos ? 0 : before;
    // Pictures are no text.
    if (std::count(line.begin(), line.end(), '?') * 4 > std::ssize(line)) continue;
    if (line.find_first_not_of(' ') == line.npos) continue;
    out = "  | " + line + (out.empty() ? "" : "\n") + out;
    ++lines;
  }
  return out;
}

class BootRun {
 public:
  BootRun(const Arguments& arguments, Output& output)
      : arguments_(arguments),
        output_(output),
        tree_(DeviceTree::read()),
        passphrase_(arguments, output) {}

  int run() {
    readOptions();
    requirePrograms();
    openTheSource();
    describe();
    announce();
    const machine::TrialResult result = tryIt();
    return conclude(result);
  }

 private:
  void readOptions() {
    trial_.machine.memory = arguments_.size("memory").value_or(kUsualMemory);
    if (trial_.machine.memory < kLeastMemory) {
      throw Error(ErrorKind::Usage, "--memory",
                  fmt::format("{}, expected at least {}", formatSize(trial_.machine.memory),
                              formatSize(kLeastMemory)));
    }
    if (const auto seconds = arguments_.number("timeout", 1, 86400)) timeout_ = *seconds;
    firmware_ = chosen(arguments_, "firmware", {Firmware::Uefi, Firmware::Bios});
    bus_ = chosen(arguments_, "bus", {Bus::Sata, Bus::Nvme, Bus::Virtio});
    acceleration_ = chosen(arguments_, "accel", {Acceleration::Kvm, Acceleration::Tcg});
    photo_ = arguments_.text("screenshot");
    trial_.photograph = !photo_.empty();
    std::error_code ignored;
    if (!photo_.empty() &&
        std::filesystem::exists(std::filesystem::symlink_status(photo_, ignored))) {
      throw Error(ErrorKind::Refused, photo_, "exists already, expected the name of a new file",
                  "remove it, or name another");
    }
  }

  static void requirePrograms() {
    if (!findProgram(machine::kQemu)) {
      throw Error(ErrorKind::Failed, machine::kQemu, "is not installed, a virtual machine needs it",
                  "install the packages qemu-system-x86 and ovmf");
    }
    const std::string why = VirtualFile::whyNot();
    if (!why.empty()) {
      throw Error(ErrorKind::Failed, "FUSE", why + ", a virtual machine's disk needs it",
                  "install the package fuse3, or use a machine that has /dev/fuse");
    }
  }

  void openTheSource() {
    const std::string& path = arguments_.word(0);
    source_ = openSource(tree_, path, sourceOptions(arguments_, passphrase_.asker()));
    if (source_.endpoint.kind == plan::EndpointKind::Partition) {
      throw Error(ErrorKind::Usage, path, "is a partition, expected a whole disk",
                  "a machine starts from whole disks; name the one that it is on");
    }
    if (source_.isImage()) return;
    const bool force = arguments_.has("force-mounted-source");
    lockSource(tree_, path, held_);
    claimSource(tree_, path, force, held_);
    for (const Use& use : usesOf(tree_, path)) {
      if (use.kind != Use::Kind::Mounted || use.readOnly) continue;
      const std::string how = fmt::format("{} is {} for writing", use.device, use.how);
      if (!force) {
        throw Error(ErrorKind::Refused, path,
                    how +
                        ": its contents would change under the machine, which may fail for "
                        "that alone",
                    use.whatToDo +
                        " first, or start a clone or an image of it "
                        "(--force-mounted-source starts it all the same)");
      }
      warnings_.push_back(how +
                          ": the machine sees a filesystem that was not unmounted and changes "
                          "under it; that it does not come up proves nothing.");
    }
  }

  void describe() {
    machine::Description& machine = trial_.machine;
    chooseDisk();
    chooseFirmware();
    if (acceleration_) {
      machine.acceleration = *acceleration_;
      accelerationWhy_ = "asked for";
    } else {
      const auto choice = machine::findAcceleration();
      machine.acceleration = choice.acceleration;
      accelerationWhy_ = choice.because;
    }
    const bool translated = machine.acceleration == Acceleration::Tcg;
    trial_.pace.timeout = timeout_.value_or(translated ? kTranslatedTimeout : kUsualTimeout);
  }

  void chooseFirmware() {
    machine::Description& machine = trial_.machine;
    const machine::Loaders loaders = machine::findLoaders(source_.survey);
    if (firmware_) {
      machine.firmware = *firmware_;
      firmwareWhy_ = "asked for";
    } else {
      const auto choice = machine::chooseFirmware(loaders, arguments_.word(0));
      machine.firmware = choice.firmware;
      firmwareWhy_ = choice.because;
    }
    if (machine.firmware != Firmware::Uefi) return;
    const machine::FirmwareFiles files = machine::findUefi();
    machine.firmwareCode = files.code;
    const std::string variables = readSmallFile(files.variables, kLargestVariables);
    const auto bytes = std::as_bytes(std::span(variables));
    trial_.variables.assign(bytes.begin(), bytes.end());
    if (loaders.fallback.empty() && !loaders.named.empty()) addEntry(loaders.named.front());
  }

  // As the machine has one in its memory that the system was installed on.
  void addEntry(const machine::EfiLoader& loader) {
    const table::Layout& layout = source_.survey.layout;
    const table::Partition* partition = layout.find(loader.partition);
    if (!partition) return;
    machine::addBootEntry(trial_.variables, machine::entryFor(layout, *partition, loader.path));
    warnings_.push_back(fmt::format(
        "{} of partition {} is started only by machines that have an entry for it in their "
        "firmware. The virtual machine gets one; in another machine, make it with efibootmgr.",
        loader.path, loader.partition));
  }

  // As what it was attached where it came from, since a system may have drivers for that alone.
  void chooseDisk() {
    machine::Description& machine = trial_.machine;
    const plan::Endpoint& from = source_.catalog ? source_.catalog->info.source : source_.endpoint;
    const table::Layout& layout = source_.survey.layout;
    machine.sectorSize =
        source_.endpoint.kind != plan::EndpointKind::Disk && layout.kind != table::TableKind::None
            ? layout.sectorSize
            : std::max(source_.endpoint.sectorSize, 512U);
    const bool large = machine.sectorSize != 512;
    machine.bus = bus_.value_or(large || from.bus == "nvme" ? Bus::Nvme : Bus::Sata);
    if (large && machine.bus == Bus::Sata) {
      throw Error(ErrorKind::Usage, "--bus",
                  fmt::format("sata disks have sectors of 512 bytes in QEMU, this one has {}",
                              machine.sectorSize),
                  "use nvme or virtio");
    }
  }

  void announce() {
    const machine::Description& machine = trial_.machine;
    output_.event("machine", {{"source", toJson(source_.endpoint)},
                              {"firmware", machine::nameOf(machine.firmware)},
                              {"firmware_because", firmwareWhy_},
                              {"acceleration", machine::nameOf(machine.acceleration)},
                              {"acceleration_because", accelerationWhy_},
                              {"memory", machine.memory},
                              {"processors", machine.processors},
                              {"bus", machine::nameOf(machine.bus)},
                              {"sector_size", machine.sectorSize},
                              {"network", false},
                              {"timeout", trial_.pace.timeout}});
    const bool translated = machine.acceleration == Acceleration::Tcg;
    output_.line(fmt::format(
        "Starts the system on {} in a virtual machine.\n"
        "  Nothing is written to it: what the machine writes goes to a temporary file.\n"
        "  firmware  {}: {}\n"
        "  disk      {}, attached as {}, sectors of {} bytes\n"
        "  memory    {}, {} processors\n"
        "  network   none\n"
        "  speed     {}: {}{}\n"
        "It is given {:.0f} s at most; Ctrl-C ends it at once.",
        source_.endpoint.describe(), machine.firmware == Firmware::Uefi ? "UEFI" : "BIOS",
        firmwareWhy_, formatSize(source_.endpoint.size), machine::nameOf(machine.bus),
        machine.sectorSize, formatSize(machine.memory), machine.processors,
        translated ? "slow, every instruction is translated" : "that of the processor",
        accelerationWhy_, translated ? "; this can take some minutes" : "", trial_.pace.timeout));
    for (const std::string& warning : warnings_) output_.warn(warning);
  }

  machine::TrialResult tryIt() {
    const std::uint32_t sector = trial_.machine.sectorSize;
    const std::uint64_t size = (source_.survey.disk->size() + sector - 1) / sector * sector;
    Overlay overlay(source_.survey.disk, size, {});
    VirtualFile file(overlay);
    trial_.machine.disk = file.path();
    trial_.disk = [&file] { file.rethrow(); };
    trial_.tell = [this](const machine::Sample& sample, const machine::DiskCounters& counters) {
      tell(sample, counters);
    };
    machine::TrialResult result = machine::run(trial_);
    output_.status("");
    return result;
  }

  void tell(const machine::Sample& sample, const machine::DiskCounters& counters) {
    if (output_.json()) {
      if (sample.seconds - told_ < kEventEvery) return;
      told_ = sample.seconds;
      output_.event("watch", {{"seconds", sample.seconds},
                              {"bytes_read", counters.bytesRead},
                              {"bytes_written", counters.bytesWritten},
                              {"resets", sample.resets}});
    } else if (isTerminalErr() && !output_.quiet()) {
      output_.status(fmt::format("Running for {:.0f} s, {} read, {} written", sample.seconds,
                                 formatSize(counters.bytesRead),
                                 formatSize(counters.bytesWritten)));
    }
  }

  void savePhotograph(const machine::TrialResult& result) const {
    if (photo_.empty() || result.photograph.empty()) return;
    File file = File::create(photo_, result.photograph.size());
    file.writeAt(0, result.photograph);
    output_.line(fmt::format("Its screen is in {}.", photo_));
  }

  int conclude(const machine::TrialResult& result) {
    const machine::Verdict& verdict = result.verdict;
    output_.event("verdict", {{"verdict", machine::nameOf(verdict.outcome)},
                              {"because", verdict.because},
                              {"seconds", result.seconds},
                              {"bytes_read", result.counters.bytesRead},
                              {"bytes_written", result.counters.bytesWritten},
                              {"screen", lastLines(result.screen)},
                              {"console", lastLines(result.console)}});
    savePhotograph(result);
    if (verdict.outcome == Outcome::CameUp) {
      output_.line(fmt::format("It came up, after {:.0f} s: {}.", result.seconds, verdict.because));
      output_.event("done", {{"exit_code", 0}, {"seconds", result.seconds}});
      output_.requireDelivered();
      return 0;
    }
    showLastLines(result);
    const std::string look =
        photo_.empty() ? "--screenshot FILE shows its screen" : "see " + photo_;
    if (verdict.outcome == Outcome::DidNotComeUp) {
      throw Error(
          ErrorKind::DidNotComeUp, arguments_.word(0),
          fmt::format("did not come up: {} (after {:.0f} s)", verdict.because, result.seconds),
          look);
    }
    throw Error(ErrorKind::CannotTell, arguments_.word(0),
                "cannot tell whether it came up: " + verdict.because,
                result.seconds < trial_.pace.timeout ? look : look + "; --timeout gives it longer");
  }

  void showLastLines(const machine::TrialResult& result) {
    for (const auto& [what, text] : {std::pair{"screen", lastLines(result.screen)},
                                     std::pair{"serial port", lastLines(result.console)}}) {
      if (!text.empty()) output_.line(fmt::format("\nThe last text on its {}:\n{}\n", what, text));
    }
  }

  const Arguments& arguments_;
  Output& output_;
  DeviceTree tree_;
  Passphrase passphrase_;
  Source source_;
  HeldSource held_;
  machine::Trial trial_;
  std::optional<Firmware> firmware_;
  std::optional<Bus> bus_;
  std::optional<Acceleration> acceleration_;
  std::optional<double> timeout_;
  std::string firmwareWhy_;
  std::string accelerationWhy_;
  std::string photo_;
  std::vector<std::string> warnings_;
  double told_ = 0;
};

}  // namespace

void addBootOptions(Options& options) {
  options.add_options()("screenshot", po::value<std::string>()->value_name("FILE"),
                        "save the screen as a PNG, in a new file")(
      "timeout", po::value<std::string>()->value_name("SECONDS"),
      "how long to wait for a sign (300; without hardware virtualisation 900)")(
      "memory", po::value<std::string>()->value_name("SIZE"), "of the machine (2G)")(
      "firmware", po::value<std::string>()->value_name("KIND"),
      "uefi or bios; auto, the default, takes what the disk has a loader for")(
      "bus", po::value<std::string>()->value_name("KIND"),
      "how the disk is attached: sata, nvme or virtio; auto: as where it came from, else sata")(
      "accel", po::value<std::string>()->value_name("KIND"),
      "kvm, or tcg, which is slow and works everywhere; auto tries KVM first")(
      "force-mounted-source",
      "start a disk that is mounted for writing; what changes meanwhile may keep it from coming "
      "up");
  addImageOptions(options);
}

int runBoot(const Arguments& arguments, Output& output) {
  return BootRun(arguments, output).run();
}

}  // namespace disktwin::cli
