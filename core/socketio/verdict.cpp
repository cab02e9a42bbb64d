#include "core/socketio/verdict.hpp"

#include <cmath>
#include <new>

#include "core/json/document.hpp"
#include "core/json/json.hpp"
#include "core/socketio/dialect.hpp"
#include "core/socketio/placeholders.hpp"

namespace core::socketio {
namespace {

using enum Cause;

constexpr Releases kNone{};
constexpr Releases kAll = Releases::all();

constexpr Releases since(ParserVersion a) { return Releases::since(a); }
constexpr Releases since(ParserVersion a, ParserVersion b) { return since(a) | since(b); }
constexpr Releases since(ParserVersion a, ParserVersion b, ParserVersion c) {
  return since(a, b) | since(c);
}
constexpr Releases k4 = Releases::between({4, 0, 1}, {4, 2, 0xff});

// What came in one commit and was ported back to older lines.
constexpr Releases kPayloadChecked = since({3, 3, 4}, {3, 4, 3}) | k4;
constexpr Releases kNameChecked =
    since({3, 3, 4}, {3, 4, 3}, {4, 2, 3}) | Releases::between({4, 0, 1}, {4, 0, 3});
constexpr Releases kObjectsChecked = since({4, 2, 4});
constexpr Releases kCountChecked = since({3, 3, 5}, {3, 4, 4}, {4, 2, 6});
constexpr Releases kReconstructionChecked =
    since({3, 3, 3}, {3, 4, 2}) | since({4, 0, 5}, {4, 2, 1});
// What came before it: an ERROR packet for what is no JSON, since 3.1.3 for any that is no array.
constexpr Releases kErrorForJson = ~kPayloadChecked;
constexpr Releases kErrorForNoArray = kErrorForJson & ~Releases::between({2, 0, 0}, {3, 1, 2});

constexpr std::array<CauseRow, kCauseCount> kRows = {{
    {NoData, "no data", kAll, kNone},
    {UnknownType, "unknown packet type", k4, ~k4},
    {CountNotNumber, "the number of attachments is no number", kAll, kNone},
    {CountZero, "the number of attachments is 0", since({3, 3, 6}, {3, 4, 5}, {4, 2, 7}), kNone},
    {CountNotInteger, "the number of attachments is no integer", kCountChecked, kNone},
    {CountOverLimit, "too many attachments", kCountChecked, kNone},
    {NotJson, "the payload is not JSON", kPayloadChecked, kErrorForJson},
    {ConnectNull, "CONNECT with null", kObjectsChecked, kErrorForNoArray},
    {ConnectArray, "CONNECT with an array", kObjectsChecked, kNone},
    {ConnectScalar, "CONNECT with neither object nor null", kPayloadChecked, kErrorForNoArray},
    {DisconnectArray, "DISCONNECT with an array", kPayloadChecked, kNone},
    {DisconnectPayload, "DISCONNECT with a payload", kPayloadChecked, kErrorForNoArray},
    {ConnectErrorNull, "CONNECT_ERROR with null or an array", kObjectsChecked, kNone},
    {ConnectErrorFalse, "CONNECT_ERROR with false", kPayloadChecked, kErrorForNoArray},
    {ConnectErrorScalar, "CONNECT_ERROR with true or a number", kPayloadChecked, kNone},
    {NotArray, "the payload is no array", kPayloadChecked, kErrorForNoArray},
    {EventNameMissing, "no event name", kPayloadChecked, kNone},
    {EventNameKind, "the event name is neither a string nor a number", kNameChecked, kNone},
    {EventNameNumber, "the event name is a number", Releases::between({4, 0, 1}, {4, 0, 3}), kNone},
    {EventNameReserved, "the event name is reserved", kObjectsChecked, kNone},
    {TextWhileReconstructing, "a text while attachments are missing", kReconstructionChecked,
     kNone},
    {BinaryWithoutHeader, "a binary message that no packet announced", kAll, kNone},
    {IllegalPlaceholder, "a placeholder that names no attachment", kReconstructionChecked, kNone},
    {HasOwnProperty, "a member named hasOwnProperty in a binary packet",
     Releases::between({4, 0, 1}, {4, 1, 1}), kNone},
    {HasOwnPropertyHidden, "a member named hasOwnProperty beside a _placeholder that is not true",
     Releases::only({4, 0, 5}), kNone},
}};
static_assert([] {
  for (std::size_t i = 0; i < kRows.size(); ++i)
    if (static_cast<std::size_t>(kRows[i].cause) != i) return false;
  return true;
}());

Causes count_causes(const PacketView& packet, const DecoderLimits& limits) noexcept {
  if (!is_binary(packet.type)) return {};
  const double count = packet.attachments_announced;
  if (count == 0) return CountZero;
  if (!std::isfinite(count) || count != std::floor(count)) return CountNotInteger;
  return count > limits.attachments_max ? CountOverLimit : Causes();
}

Causes connect_causes(json::Kind kind) noexcept {
  switch (kind) {
    case json::Kind::Object:
      return {};
    case json::Kind::Null:
      return ConnectNull;
    case json::Kind::Array:
      return ConnectArray;
    case json::Kind::True:
    case json::Kind::False:
    case json::Kind::Number:
    case json::Kind::String:
      return ConnectScalar;
  }
  return {};
}

Causes connect_error_causes(json::Kind kind) noexcept {
  switch (kind) {
    case json::Kind::Object:
    case json::Kind::String:
      return {};
    case json::Kind::Null:
    case json::Kind::Array:
      return ConnectErrorNull;
    case json::Kind::False:
      return ConnectErrorFalse;
    case json::Kind::True:
    case json::Kind::Number:
      return ConnectErrorScalar;
  }
  return {};
}

Causes event_causes(const json::Shape& shape) noexcept {
  if (shape.kind != json::Kind::Array) return NotArray;
  if (shape.element_count == 0) return EventNameMissing;
  if (shape.first.kind == json::Kind::Number) return EventNameNumber;
  if (shape.first.kind != json::Kind::String) return EventNameKind;
  return is_reserved_event(shape.first.raw) ? EventNameReserved : Causes();
}

Causes payload_causes(PacketType type, const json::Shape& shape) noexcept {
  switch (type) {
    case PacketType::Connect:
      return connect_causes(shape.kind);
    case PacketType::Disconnect:
      return shape.kind == json::Kind::Array ? DisconnectArray : DisconnectPayload;
    case PacketType::ConnectError:
      return connect_error_causes(shape.kind);
    case PacketType::Event:
    case PacketType::BinaryEvent:
      return event_causes(shape);
    case PacketType::Ack:
    case PacketType::BinaryAck:
      return shape.kind == json::Kind::Array ? Causes() : NotArray;
  }
  return {};
}

/// What happens when the last attachment is in. The two causes hide each other.
Causes reconstruction_causes(const PacketView& packet) noexcept {
  // None, or more than ever come.
  if (packet.attachments == 0 || packet.attachments_announced != packet.attachments) return {};
  Causes causes;
  if (!placeholders_fit(packet.data, packet.attachments)) causes |= IllegalPlaceholder;
  // An escape may hide the name; that is for the tree to say.
  if (packet.data.find("hasOwnProperty") == std::string_view::npos &&
      packet.data.find('\\') == std::string_view::npos)
    return causes;
  try {
    const json::Document document(packet.data);
    if (meets_has_own_property(document, Marks::Truthy))
      causes |= HasOwnProperty;
    else if (meets_has_own_property(document, Marks::True))
      causes |= HasOwnPropertyHidden;
  } catch (const std::bad_alloc&) {
  }
  return causes;
}

}  // namespace

const CauseRow& row(Cause cause) noexcept { return kRows[static_cast<std::size_t>(cause)]; }

Verdict verdict(Causes causes) noexcept {
  Releases throwing;
  Releases reconstructing;
  Releases answering_error;
  for (const CauseRow& each : kRows) {
    if (!causes.has(each.cause)) continue;
    Releases& those = each.cause >= IllegalPlaceholder ? reconstructing : throwing;
    those = those | each.throwing;
    answering_error = answering_error | each.answering_error;
  }
  answering_error = answering_error & ~throwing;
  return {throwing | (reconstructing & ~answering_error), answering_error};
}

Causes causes_of(std::string_view text, const DecoderLimits& limits) noexcept {
  if (text.empty()) return NoData;
  const tl::expected<PacketView, PacketError> header = decode_header(text, limits, kParser40);
  if (!header) return header.error().code == PacketErrc::UnknownType ? UnknownType : CountNotNumber;

  Causes causes = count_causes(*header, limits);
  if (header->data.empty()) return causes;
  const tl::expected<json::Shape, json::Error> shape = json::inspect(header->data);
  if (!shape && shape.error().code == json::Errc::OutOfMemory) return causes;
  causes |= shape ? payload_causes(header->type, *shape) : NotJson;
  if (shape) causes |= reconstruction_causes(*header);
  return causes;
}

Causes causes_of(PacketErrc error) noexcept {
  switch (error) {
    case PacketErrc::TextWhileReconstructing:
      return TextWhileReconstructing;
    case PacketErrc::BinaryWithoutHeader:
      return BinaryWithoutHeader;
    case PacketErrc::IllegalPlaceholder:
      return IllegalPlaceholder;
    case PacketErrc::HasOwnProperty:
      return HasOwnProperty;
    case PacketErrc::NoData:
    case PacketErrc::UnknownType:
    case PacketErrc::IllegalAttachmentCount:
    case PacketErrc::TooManyAttachments:
    case PacketErrc::NotJson:
    case PacketErrc::ConnectNotObject:
    case PacketErrc::DisconnectWithPayload:
    case PacketErrc::ConnectErrorPayload:
    case PacketErrc::NotArray:
    case PacketErrc::EventNameMissing:
    case PacketErrc::EventNameKind:
    case PacketErrc::EventNameReserved:
    case PacketErrc::GaveUp:
      return {};
  }
  return {};
}

}  // namespace core::socketio
