#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/replay/recorded_session.hpp"
#include "core/server/server.hpp"

namespace core::replay {

struct StageOptions {
  std::vector<RecordedSession> sessions;
  std::string path = "/socket.io/";
  double speed = 1;  ///< 2: in half the time; heartbeats as well
};

/// The recorded server, for clients under test: a machine with the surface of server::Server around
/// one. The n-th session that a client opens is treated as the n-th of the recording was: what the
/// server sent then it is sent now, byte for byte and at the same distance from its CONNECT, the
/// packet that no parser takes included. A client that leaks over it leaks again.
///
/// - Sids, heartbeats and CONNECT are its own. Acknowledgements answer the client's own ids: the
///   recorded answer to the same event, in order, after the recorded time.
/// - What the server said after it had heard n events waits until it has heard n, but no longer
///   than kPatience: it may have been an answer.
/// - Sessions past the last recorded one are served, and told nothing.
class Stage {
 public:
  static constexpr Duration kPatience = std::chrono::seconds(1);

  Stage(StageOptions options, std::uint64_t seed);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  void opened(client::LinkId link, Instant now, server::Output& out);
  void receive(client::LinkId link, std::string_view bytes, Instant now, server::Output& out);
  void closed(client::LinkId link, Instant now, server::Output& out);
  [[nodiscard]] std::optional<Instant> deadline() const noexcept;
  void advance(Instant now, server::Output& out);

  /// Sessions that clients have opened.
  [[nodiscard]] std::size_t opened_sessions() const noexcept { return opened_; }

 private:
  struct Cue;
  struct Role;

  [[nodiscard]] static server::Options server_options(const StageOptions& options);
  void hear(std::size_t heard, Instant now, server::Output& out);
  void take(const server::SessionOpened& session, Instant now);
  void take(const server::Connected& socket, Instant now);
  void take(const server::Received& event, Instant now);
  void play(Instant now, server::Output& out);
  void perform(server::SessionNumber session, Role& role, Cue& cue, Instant now,
               server::Output& out);
  [[nodiscard]] Duration scaled(Duration recorded) const noexcept;

  StageOptions options_;
  server::Server server_;
  std::map<server::SessionNumber, std::unique_ptr<Role>> roles_;
  std::size_t opened_ = 0;
};

}  // namespace core::replay
