#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/net/descriptor.hpp"
#include "tests/transparency/conversation.hpp"
#include "tests/transparency/random.hpp"

namespace tests::transparency {

using Clock = std::chrono::steady_clock;

/// How a side closes its own direction.
enum class Closing : std::uint8_t {
  WhenSaid,       ///< FIN behind its last byte
  WhenAllIsDone,  ///< FIN when it has said and heard everything
  AfterTheirs,    ///< FIN when it has heard the other's
  Reset,          ///< RST in the middle
  Never,
};

/// What one side is to do.
struct Role {
  const Script& says;
  const Script& hears;
  Closing closing = Closing::Never;
  bool expects_reset = false;        ///< the other side is going to reset
  std::size_t hears_bytes_max;       ///< where it stops reading; the whole script, usually
  std::size_t reset_after_said = 0;  ///< Closing::Reset: when this much was said and heard ...
  std::size_t reset_after_heard = 0;
  std::size_t reset_when_stalled_after = SIZE_MAX;  ///< ... or when nobody takes what follows this
};

/// One end of a connection through the proxy: says its script in random pieces with random pauses,
/// and compares every byte that it hears.
class End {
 public:
  End(proxy::net::Descriptor socket, Role role, Random& random);

  [[nodiscard]] int fd() const { return socket_.get(); }
  /// What to poll() for now; 0 while it pauses.
  [[nodiscard]] short wanted(Clock::time_point now) const;
  void on_events(short events, Clock::time_point now);
  /// Bytes that were read before it was known whose they are.
  void heard(std::string_view bytes);

  /// It has ended, one way or the other.
  [[nodiscard]] bool done() const { return done_; }
  /// Empty, or what went wrong.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] std::size_t bytes_heard() const { return heard_; }
  [[nodiscard]] std::size_t bytes_said() const { return said_; }
  void fail(std::string why);

 private:
  void say(Clock::time_point now);
  void listen(Clock::time_point now);
  [[nodiscard]] bool stopped_listening() const;
  void end_if_due(Clock::time_point now);
  void met_reset();
  [[nodiscard]] std::size_t may_say() const;
  [[nodiscard]] std::size_t piece();

  proxy::net::Descriptor socket_;
  Role role_;
  Random& random_;
  std::size_t said_ = 0;
  std::size_t heard_ = 0;
  std::size_t gate_ = 0;  ///< the gates before it are passed
  std::size_t piece_max_;
  unsigned pause_percent_;
  Clock::time_point quiet_until_{};
  Clock::time_point deaf_until_{};
  Clock::time_point last_said_{};
  bool fin_sent_ = false;
  bool fin_heard_ = false;
  bool done_ = false;
  std::string failure_;
};

}  // namespace tests::transparency
