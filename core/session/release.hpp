#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/instant.hpp"

namespace core::session {

/// What a client's polling cache busters (`t`) tell of its release.
///
/// socket.io-client 4.8 and later send eight characters of `0-9a-z`, of which the last three are
/// random; earlier ones send seven of a wider alphabet. Eight characters alone prove nothing: the
/// Dart client sends its clock in base 36, which has as many until 2059. But a clock starts with
/// `l` or later since 2023, and two readings of it differ by the time between them. Source:
/// engine.io-client 6.6, randomString(); socket_io_client (Dart), PollingTransport.uri(); measured.
class Release {
 public:
  /// A polling request of the session carried `t`.
  void observe(std::string_view t, Instant at) noexcept {
    if (from_48_) return;
    const std::optional<std::uint64_t> value = base36(t);
    if (!value) return;
    from_48_ = t.front() < 'l' || (seen_at_ != Instant{} && !is_clock(*value, at));
    value_ = *value;
    seen_at_ = at;
  }

  /// Surely socket.io-client 4.8 or later, which closes its connection when it cannot parse a
  /// packet.
  [[nodiscard]] bool from_48() const noexcept { return from_48_; }

 private:
  /// Eight digits of base 36, in lower case.
  [[nodiscard]] static std::optional<std::uint64_t> base36(std::string_view t) noexcept {
    if (t.size() != 8) return std::nullopt;
    std::uint64_t value = 0;
    for (const char digit : t) {
      const bool is_letter = digit >= 'a' && digit <= 'z';
      if (!is_letter && (digit < '0' || digit > '9')) return std::nullopt;
      value = value * 36 + static_cast<std::uint64_t>(is_letter ? digit - 'a' + 10 : digit - '0');
    }
    return value;
  }

  /// Whether two readings are as far apart as the requests that brought them, give or take what a
  /// slow network does to their order.
  [[nodiscard]] bool is_clock(std::uint64_t value, Instant at) const noexcept {
    using namespace std::chrono_literals;
    constexpr auto kSlack = 10s;
    const auto claimed = std::chrono::milliseconds(static_cast<std::int64_t>(value) -
                                                   static_cast<std::int64_t>(value_));
    const auto real = at - seen_at_;
    return claimed >= real - kSlack && claimed <= real + kSlack;
  }

  std::uint64_t value_ = 0;
  Instant seen_at_{};  ///< when `value_` came; default: none yet
  bool from_48_ = false;
};

}  // namespace core::session
