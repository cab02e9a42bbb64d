#include "core/engineio/handshake.hpp"

#include <array>

#include "core/json/json.hpp"
#include "core/json/number.hpp"

namespace core::engineio {
namespace {

/// What a member counts: nothing when it is absent, no number, negative, or beyond 2^53.
std::optional<std::uint64_t> count_of(const std::optional<json::Value>& member) noexcept {
  if (!member || member->kind != json::Kind::Number) return std::nullopt;
  const double number = json::number_of(member->raw);
  if (!(number >= 0) || number > 0x1p53) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

std::optional<std::chrono::milliseconds> duration_of(
    const std::optional<json::Value>& member) noexcept {
  const std::optional<std::uint64_t> count = count_of(member);
  if (!count) return std::nullopt;
  return std::chrono::milliseconds(*count);
}

bool holds_string(std::string_view array, std::string_view wanted) noexcept {
  json::ElementReader elements(array);
  while (const std::optional<json::Value> element = elements.next())
    if (element->kind == json::Kind::String && json::string_equals(element->raw, wanted))
      return true;
  return false;
}

}  // namespace

tl::expected<HandshakeView, HandshakeError> parse_handshake(std::string_view data) noexcept {
  const tl::expected<json::Shape, json::Error> shape = json::inspect(data);
  if (!shape)
    return tl::unexpected(HandshakeError{HandshakeErrc::NotJson, shape.error().offset_bytes});
  if (shape->kind != json::Kind::Object)
    return tl::unexpected(HandshakeError{HandshakeErrc::NotObject, 0});

  static constexpr std::array<std::string_view, 5> kKeys{"sid", "upgrades", "pingInterval",
                                                         "pingTimeout", "maxPayload"};
  const auto [sid, upgrades, ping_interval, ping_timeout, max_payload] =
      json::find_members(data, kKeys);
  if (!sid || sid->kind != json::Kind::String || sid->raw.size() == 2)
    return tl::unexpected(HandshakeError{HandshakeErrc::NoSid, 0});

  HandshakeView handshake;
  handshake.sid = sid->raw.substr(1, sid->raw.size() - 2);
  if (upgrades && upgrades->kind == json::Kind::Array) {
    handshake.upgrades = upgrades->raw;
    handshake.offers_websocket = holds_string(upgrades->raw, "websocket");
  }
  handshake.ping_interval = duration_of(ping_interval);
  handshake.ping_timeout = duration_of(ping_timeout);
  handshake.max_payload_bytes = count_of(max_payload);
  return handshake;
}

}  // namespace core::engineio
