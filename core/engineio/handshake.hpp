#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <tl/expected.hpp>

namespace core::engineio {

/// The data of an `open` packet:
///
///     {"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000,
///      "pingTimeout":20000,"maxPayload":1000000}
///
/// Views borrow the decoder's input. A member that is missing, or not of its kind, is left out:
/// clients do not check them either.
/// Source: Engine.IO protocol v4, "Handshake".
struct HandshakeView {
  std::string_view sid;  ///< As written between the quotes (a sid needs no escapes). Not empty.
  std::string_view upgrades;      ///< Source text of the array, or empty.
  bool offers_websocket = false;  ///< `upgrades` holds "websocket".
  std::optional<std::chrono::milliseconds> ping_interval;
  std::optional<std::chrono::milliseconds> ping_timeout;
  std::optional<std::uint64_t> max_payload_bytes;  ///< Absent: an older server, or Engine.IO 3.
};

enum class HandshakeErrc : std::uint8_t {
  NotJson,    ///< A client throws here, uncaught.
  NotObject,  ///< Such as `null`.
  NoSid,      ///< Missing, empty, or no string.
};

struct HandshakeError {
  HandshakeErrc code;
  std::size_t offset_bytes;  ///< From the start of the data.
};

/// Parses what follows the `0` of an `open` packet. Engine.IO 3 sends the same form.
[[nodiscard]] tl::expected<HandshakeView, HandshakeError> parse_handshake(
    std::string_view data) noexcept;

}  // namespace core::engineio
