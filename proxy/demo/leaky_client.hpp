#pragma once

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/client/client.hpp"

namespace proxy::demo {

/// A client that leaks exactly as socket.io-client 4.5.2 to 4.7.5 do: made of the same parts as
/// core::client::Client, put together wrong. After a packet that it cannot parse it stops listening
/// to its engine and schedules a reconnection, but does not close the engine, which goes on
/// answering pings for as long as the process lives. Not even disconnect() ends an engine left like
/// that. Source: socketio/socket.io#5128.
class LeakyClient {
 public:
  LeakyClient(core::client::Options options, std::uint64_t seed);
  LeakyClient(const LeakyClient&) = delete;
  LeakyClient& operator=(const LeakyClient&) = delete;

  // The surface of core::client::Client, and its meaning but for the leak.
  void connect(core::Instant now, core::client::Output& out);
  void disconnect(core::Instant now, core::client::Output& out);
  [[nodiscard]] tl::expected<core::client::Receipt, core::client::EmitErrc> emit(
      core::client::Emission emission, core::Instant now, core::client::Output& out);
  void acknowledge(const std::string& ns, std::uint64_t id, std::string_view arguments,
                   core::client::Output& out, std::vector<std::string> attachments = {});
  void opened(core::client::LinkId link, core::Instant now, core::client::Output& out);
  void receive(core::client::LinkId link, std::string_view bytes, core::Instant now,
               core::client::Output& out);
  void closed(core::client::LinkId link, core::Instant now, core::client::Output& out);
  [[nodiscard]] std::optional<core::Instant> deadline() const noexcept;
  void advance(core::Instant now, core::client::Output& out);

  /// Engine.IO sids of the sessions it left open and that still live.
  [[nodiscard]] std::vector<std::string> orphans() const;

 private:
  using Engines = std::vector<std::unique_ptr<core::client::Engine>>;

  void route(core::client::EngineHappenings& told, core::Instant now, core::client::Output& out);
  void receive_message(core::client::Message message, core::Instant now, core::client::Output& out);
  void schedule(core::Instant now, core::client::Output& out);
  [[nodiscard]] bool may_reconnect() const noexcept;
  void send(std::vector<core::client::Message> messages, core::client::Output& out);
  static void tell(core::client::SocketHappenings& told, core::client::Output& out);
  /// Lets `step` work on the engine that owns a link, or on each; happenings of the current one are
  /// routed.
  template <class Step>
  void on_engines(core::Instant now, core::client::Output& out, Step step);

  core::client::Options options_;
  std::mt19937_64 random_;
  core::client::LinkNumbers numbers_;
  core::client::Sockets sockets_;
  core::client::BackOff back_off_;
  std::unique_ptr<core::client::Engine> engine_;  ///< the one it listens to
  Engines orphans_;                               ///< the ones it forgot
  std::optional<core::Instant> reconnect_at_;
};

}  // namespace proxy::demo
