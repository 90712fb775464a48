// Lines that others send while the work goes on: through standard input, and through a socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/record_folder.h"

namespace disktwin {

// One thread hears them all. Whoever is slow, silent or talks nonsense costs nobody else anything:
// lines, connections and answers are bounded, and nothing is waited for. The thread ends with the
// object, whether or not anybody has closed the other end.
//
// Members may be called from any thread unless they say otherwise.
class CommandServer {
 public:
  static constexpr std::size_t kLongestLine = 64U << 10;  // bytes
  static constexpr std::size_t kMostConnections = 8;      // one more is closed at once

  enum class From { StandardInput, Socket };
  // Called by the server's thread, one call at a time, with each line (without its end); empty when
  // it was too long, or not one that was sent whole. What is returned goes back as a line where
  // there is a way back; nullopt: nothing more is heard from there. It may wipe the line.
  using Hear = std::function<std::optional<std::string>(From from, std::string& line)>;

  explicit CommandServer(Hear hear);
  ~CommandServer();
  CommandServer(const CommandServer&) = delete;
  CommandServer& operator=(const CommandServer&) = delete;

  struct Sources {
    bool standardInput = false;
    std::unique_ptr<ListeningSocket> socket{};  // null: none
    std::uint32_t owner = 0;                    // the user who may connect to it, beside root
  };
  // Once, by whoever made it. Throws Error(Failed).
  void start(Sources sources);

  // Whether standard input has not ended, or somebody is connected.
  bool isAnybodyThere() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace disktwin
