#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "proxy/otlp/settings.hpp"

namespace proxy::otlp {

/// What became of one request.
struct Sent {
  enum class Outcome : std::uint8_t {
    Taken,
    TryAgain,  ///< nobody answered, or 429, 502, 503, 504
    Refused,   ///< another status: it would be refused again
  };
  Outcome outcome = Outcome::TryAgain;
  std::optional<std::chrono::seconds> retry_after;  ///< as the collector asks
  std::string body;                                 ///< of an answer that took it
  std::string why;                                  ///< a phrase, when it was not taken
};

/// The collector of one signal: requests of HTTP/1.1 over a connection that is kept, over TLS where
/// the target says so (TLS 1.2 or later, certificate and name verified). Used by one thread.
/// Source: OTLP specification, "OTLP/HTTP Response".
class Collector {
 public:
  explicit Collector(Target target);
  ~Collector();

  /// Blocks, each step of it (connecting, sending, waiting) for `at_most`, or the target's timeout
  /// if that is less.
  [[nodiscard]] Sent send(const std::string& document, std::chrono::milliseconds at_most);
  /// From any thread: a request that is under way fails.
  void interrupt() noexcept;
  [[nodiscard]] const Target& target() const noexcept { return target_; }

 private:
  struct Client;
  Target target_;
  std::unique_ptr<Client> client_;
};

}  // namespace proxy::otlp
