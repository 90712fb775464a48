// Steering a run from elsewhere: commands through standard input and the job's socket.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "cli/answers.h"
#include "cli/output.h"
#include "platform/command_server.h"

namespace disktwin::cli {

// `output` outlives it. Commands are carried out by a thread of its own.
class Control final : public Answers {
 public:
  explicit Control(Output& output);
  ~Control() override;
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  // From then on it hears. Throws Error(Failed).
  void start(CommandServer::Sources sources);

  std::optional<std::string> passphrase(const std::string& image, bool isNew,
                                        unsigned attempt) override;

 private:
  using From = CommandServer::From;
  std::optional<std::string> hear(From from, std::string& line);
  void carryOut(const std::string& line);
  void takePassphrase(std::string& secret);
  std::optional<std::string> complainOfInput(const std::string& why);

  Output& output_;
  std::mutex mutex_;  // guards the three below
  std::condition_variable answered_;
  std::optional<std::string> answer_;
  bool isAsking_ = false;
  bool hasAsked_ = false;

  unsigned complaints_ = 0;              // of the server's thread
  std::optional<CommandServer> server_;  // its thread uses all above
};

}  // namespace disktwin::cli
