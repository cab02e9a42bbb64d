#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/direction.hpp"
#include "core/disguise/frames.hpp"
#include "core/disguise/secrets.hpp"
#include "core/http/exchanges.hpp"

namespace core::disguise {

/// The same for all connections, and outlives them.
struct Settings {
  http::Settings http;      ///< every exchange is of interest here: what is not must be hidden
  std::string path_prefix;  ///< what is Socket.IO's
  Keystream keystream;

  Settings(std::string socketio_path, Keystream keys)
      : path_prefix(std::move(socketio_path)), keystream(std::move(keys)) {
    while (path_prefix.size() > 1 && path_prefix.ends_with('/')) path_prefix.pop_back();
    http.path_prefix = "";
  }
};

/// One connection on its way into a capture: secrets become pseudonyms of the same length, so that
/// everything stays where it was and equal stays equal. What is not Socket.IO's (other paths, other
/// protocols) is hidden whole, but for the heads of its exchanges.
///
/// Messages of a connection that compresses are another matter: they are given back inflated, in
/// frames of our own; see `rewritten`.
class Disguise {
 public:
  /// Borrows `settings` for its whole life.
  explicit Disguise(const Settings& settings);

  /// The next bytes of a direction's stream, in the order in which both were seen. `bytes` is left
  /// as it is; what is to be changed, there or in what came before, is added to `out`.
  void receive(Direction direction, std::span<char> bytes, std::vector<Replacement>& out);
  /// No more will come, or nobody can wait for it: what is not settled is hidden, and all that
  /// follows.
  void give_up(std::vector<Replacement>& out);

  /// Bytes of the direction's stream, from its begin, that no later Replacement will touch.
  [[nodiscard]] std::uint64_t settled(Direction direction) const noexcept;

  /// From this offset of its stream on, if ever, what is to be recorded of a direction is not its
  /// bytes but take_rewritten().
  [[nodiscard]] std::optional<std::uint64_t> rewritten_from(Direction direction) const noexcept;
  /// Whether a direction that is written anew can be followed no further: the rest is to be left
  /// out, and readers told that it is missing.
  [[nodiscard]] bool is_lost() const noexcept { return lost_; }
  /// What the last receive() brought, as frames whose messages are plain.
  [[nodiscard]] std::string take_rewritten(Direction direction) {
    return std::exchange(rewritten_[index_of(direction)], {});
  }

 private:
  /// A direction while the connection speaks HTTP.
  struct Side {
    std::string unsettled;      ///< a copy of what is not settled
    std::uint64_t settled = 0;  ///< where that begins
    std::uint64_t received = 0;
    bool in_body = false;      ///< the head is through, the message's end not
    bool of_interest = false;  ///< that exchange
    /// Of a request's body: where its parts stand in `unsettled`.
    std::vector<std::pair<std::uint64_t, std::size_t>> body;
  };
  struct WebSocket {
    ClientFrames client;
    /// By direction, where it compresses.
    std::array<std::optional<PlainFrames>, 2> plain;
    std::array<std::uint64_t, 2> begin;
  };

  void read_http(Direction direction, std::span<char> bytes, std::vector<Replacement>& out);
  void take(const http::Item& item, std::vector<Replacement>& out);
  void take_head(Direction direction, std::vector<Replacement>& out);
  void take_body(const http::Body& body, std::vector<Replacement>& out);
  void take_request_end(std::vector<Replacement>& out);
  void read_websocket(Direction direction, std::span<char> bytes, std::vector<Replacement>& out);
  void upgrade(const http::Upgraded& upgraded, std::vector<Replacement>& out);
  void hide_from_here(std::vector<Replacement>& out);
  void settle(Direction direction, std::uint64_t offset_bytes);

  const Settings& settings_;
  std::array<Side, 2> sides_;
  std::unique_ptr<http::Exchanges> exchanges_;  ///< while it is HTTP
  std::deque<bool> of_interest_;          ///< exchanges without their whole response, oldest first
  std::unique_ptr<WebSocket> websocket_;  ///< once it is one, and Socket.IO's
  std::array<std::string, 2> rewritten_;
  bool lost_ = false;
};

}  // namespace core::disguise
