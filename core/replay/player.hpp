#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/client/client.hpp"
#include "core/replay/script.hpp"

namespace core::replay {

struct PlayerOptions {
  Script script;
  client::Target target;  ///< query and headers of the recording are added to it
  /// Instead of what was recorded, whose secrets are pseudonyms: a JSON object for each CONNECT.
  std::optional<std::string> auth = {};
  double speed = 1;      ///< 2: in half the time
  bool at_once = false;  ///< each step as soon as the last is done
};

/// What came of a script.
struct Performance {
  std::size_t emits = 0;        ///< in the script
  std::size_t sent = 0;         ///< of them
  std::size_t not_sent = 0;     ///< the server would not let it in, or took too long to
  std::size_t asked = 0;        ///< acknowledgements that it asked for
  std::size_t answered = 0;     ///< of them
  std::size_t sessions = 0;     ///< that it opened
  std::string last_error = {};  ///< why the last session ended or a namespace was refused
};

/// The correct client doing what a recorded one did: a machine with the surface of client::Client
/// around one. What the recorded client did by its own will it does again, at the same distance of
/// time; the rest (sids, heartbeats, ack ids, reconnections) is the client's own.
///
/// A step waits until the one before it is done, until its namespace is connected, and until as
/// many acknowledgements and events have come as had then; but no longer than kPatience. What was
/// waited for in vain is not waited for again.
class Player {
 public:
  static constexpr Duration kPatience = std::chrono::seconds(5);
  /// How long it stays after its last step when there is no recorded time to stay.
  static constexpr Duration kLinger = std::chrono::seconds(1);

  Player(PlayerOptions options, std::uint64_t seed);
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  void start(Instant now, client::Output& out);
  void opened(client::LinkId link, Instant now, client::Output& out);
  void receive(client::LinkId link, std::string_view bytes, Instant now, client::Output& out);
  void closed(client::LinkId link, Instant now, client::Output& out);
  [[nodiscard]] std::optional<Instant> deadline() const noexcept;
  void advance(Instant now, client::Output& out);
  /// Ends it before its time.
  void stop(Instant now, client::Output& out);

  /// It has played its script, stayed its time, and said good-bye.
  [[nodiscard]] bool done() const noexcept { return state_ == State::Done; }
  [[nodiscard]] const Performance& performance() const noexcept { return performance_; }

 private:
  enum class State : std::uint8_t { Waiting, Playing, Staying, Leaving, Done };

  [[nodiscard]] static client::Options client_options(const PlayerOptions& options);
  [[nodiscard]] Duration scaled(Duration recorded) const noexcept;
  [[nodiscard]] Instant due(const Step& step) const noexcept;
  /// Does what has become possible, until nothing more is.
  void play(Instant now, client::Output& out);
  [[nodiscard]] bool is_ready(const Step& step) const noexcept;
  void expect_less(const Step& step) noexcept;
  void perform(Step& step, Instant now, client::Output& out);
  void emit(client::Emission emission, Instant now, client::Output& out);
  void hear(Instant now, client::Output& out);
  void answer(const client::Received& event, client::Output& out);

  PlayerOptions options_;
  Script& script_ = options_.script;
  client::Client client_;
  State state_ = State::Waiting;
  Instant begin_{};
  std::size_t next_ = 0;  ///< step
  Instant next_since_{};  ///< since when that could be done, if others let it
  /// What has come, and what others may expect no more since it was waited for in vain.
  std::size_t settled_ = 0, settled_missed_ = 0;  ///< acknowledgements that came or never will
  std::size_t events_ = 0, events_missed_ = 0;
  Instant leave_at_{};
  std::size_t heard_ = 0;  ///< of the output at hand
  Performance performance_;
};

}  // namespace core::replay
