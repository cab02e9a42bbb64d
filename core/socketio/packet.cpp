#include "core/socketio/packet.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "core/json/number.hpp"

namespace core::socketio {
namespace {

/// Names that mean something to the peers' own event emitters.
/// Source: socket.io-parser 4.2.7, RESERVED_EVENTS.
constexpr std::array<std::string_view, 6> kReservedEvents = {
    "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"};

}  // namespace

bool is_reserved_event(std::string_view raw_name) noexcept {
  constexpr std::size_t kBytesMin = std::string_view("connect").size();
  if (raw_name.size() < kBytesMin + 2) return false;
  const std::string_view plain = raw_name.substr(1, raw_name.size() - 2);
  for (const std::string_view reserved : kReservedEvents)
    if (plain == reserved) return true;

  // "conn\u0065ct" is reserved too: the shortest name with an escape for a letter is as long.
  constexpr std::size_t kEscapedBytesMin = kBytesMin + 5;
  if (plain.size() < kEscapedBytesMin || plain.find('\\') == std::string_view::npos) return false;
  for (const std::string_view reserved : kReservedEvents)
    if (json::string_equals(raw_name, reserved)) return true;
  return false;
}

bool is_plain_event(std::string_view text, json::Shape& payload) noexcept {
  return text.size() >= 2 && text[0] == '2' && text[1] == '[' &&
         json::inspect_compact(text.substr(1), payload) && payload.element_count != 0 &&
         payload.first.kind == json::Kind::String && !is_reserved_event(payload.first.raw);
}

namespace {

class Decoder {
 public:
  Decoder(std::string_view text, const DecoderLimits& limits, const Dialect& dialect,
          PacketView& packet) noexcept
      : text_(text), limits_(limits), dialect_(dialect), packet_(packet) {}

  /// Fills the packet, up to the error if there is one.
  [[nodiscard]] std::optional<PacketError> run() noexcept {
    if (is_plain()) return std::nullopt;
    if (const std::optional<PacketError> error = header()) return error;
    if (at_ == text_.size()) return std::nullopt;
    return data();
  }

  /// All but the payload.
  [[nodiscard, gnu::always_inline]] std::optional<PacketError> header() noexcept {
    if (!type()) return PacketError{PacketErrc::UnknownType, 0};
    if (is_binary(packet_.type)) {
      if (const std::optional<PacketErrc> problem = attachments())
        return PacketError{*problem, at_};
    }
    ns();
    id();
    packet_.data = text_.substr(at_);
    return std::nullopt;
  }

 private:
  /// False leaves the packet as it was.
  [[gnu::always_inline]] bool is_plain() noexcept {
    if (!is_plain_event(text_, packet_.payload)) {
      packet_.payload = {};
      return false;
    }
    packet_.type = PacketType::Event;
    packet_.data = text_.substr(1);
    return true;
  }

  bool type() noexcept {
    if (!text_.empty() && text_.front() >= '0' && text_.front() <= '6') {
      packet_.type = static_cast<PacketType>(text_.front() - '0');
      at_ = 1;
      return true;
    }
    // `Number(" ")` is 0, and so is `Number("")`.
    packet_.type = PacketType::Connect;
    at_ = json::whitespace_bytes(text_);
    return at_ != 0 || text_.empty();
  }

  [[gnu::noinline]] std::optional<PacketErrc> attachments() noexcept {
    const std::size_t dash = text_.find('-', at_);
    if (dash == std::string_view::npos) return PacketErrc::IllegalAttachmentCount;

    const std::string_view digits = text_.substr(at_, dash - at_);
    const bool is_plain = digits.size() == 1 && digits[0] >= '0' && digits[0] <= '9';
    const double count = is_plain ? digits[0] - '0' : json::string_to_number(digits);
    if (std::isnan(count)) return PacketErrc::IllegalAttachmentCount;
    const bool is_integer = std::isfinite(count) && count == std::floor(count);
    if (dialect_.counts == Counts::OneToLimit) {
      if (count < 1 || !is_integer) return PacketErrc::IllegalAttachmentCount;
      if (count > limits_.attachments_max) return PacketErrc::TooManyAttachments;
    }

    constexpr std::uint32_t kNever = std::numeric_limits<std::uint32_t>::max();
    packet_.attachments = is_integer && count < kNever ? static_cast<std::uint32_t>(count) : kNever;
    packet_.attachments_announced = count;
    at_ = dash + 1;
    return std::nullopt;
  }

  void ns() noexcept {
    if (at_ == text_.size() || text_[at_] != '/') return;
    const std::size_t comma = text_.find(',', at_);
    packet_.ns = text_.substr(at_, comma - at_);
    at_ = comma == std::string_view::npos ? text_.size() : comma + 1;
  }

  void id() noexcept {
    // Mostly a bracket; spares the questions below.
    if (at_ == text_.size() || text_[at_] == '[' || text_[at_] == '{') return;
    any_id();
  }

  [[gnu::noinline]] void any_id() noexcept {
    const std::size_t start = at_;
    std::uint64_t small = 0;
    bool only_digits = true;
    while (at_ != text_.size()) {
      const char byte = text_[at_];
      if (byte >= '0' && byte <= '9') {
        small = small * 10 + static_cast<std::uint64_t>(byte - '0');
        ++at_;
        continue;
      }
      const std::size_t space = json::whitespace_bytes(text_.substr(at_));
      if (space == 0) break;
      only_digits = false;
      at_ += space;
    }
    if (at_ == start) return;

    constexpr std::size_t kExactDigits = 15;  // Below 2^53: the double is the integer.
    if (only_digits && at_ - start <= kExactDigits) {
      packet_.id = AckId{static_cast<double>(small), small};
      return;
    }
    const double value = json::string_to_number(text_.substr(start, at_ - start));
    packet_.id = AckId{value, std::nullopt};
    if (value < 0x1p64) packet_.id->integer = static_cast<std::uint64_t>(value);
  }

  std::optional<PacketError> data() noexcept {
    if (const std::optional<json::Error> error = json::inspect(packet_.data, packet_.payload)) {
      const bool gave_up = error->code == json::Errc::OutOfMemory;
      return PacketError{gave_up ? PacketErrc::GaveUp : PacketErrc::NotJson,
                         at_ + error->offset_bytes};
    }
    if (const std::optional<PacketErrc> problem = check(packet_.payload))
      return PacketError{*problem, at_};
    return std::nullopt;
  }

  /// Source: socket.io-parser, Decoder.isPayloadValid().
  std::optional<PacketErrc> check(const json::Shape& shape) const noexcept {
    switch (packet_.type) {
      case PacketType::Connect:
        if (!is_object(shape.kind)) return PacketErrc::ConnectNotObject;
        break;
      case PacketType::Disconnect:
        return PacketErrc::DisconnectWithPayload;
      case PacketType::ConnectError:
        if (!is_object(shape.kind) && shape.kind != json::Kind::String)
          return PacketErrc::ConnectErrorPayload;
        break;
      case PacketType::Event:
      case PacketType::BinaryEvent:
        return check_event(shape);
      case PacketType::Ack:
      case PacketType::BinaryAck:
        if (shape.kind != json::Kind::Array) return PacketErrc::NotArray;
        break;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_object(json::Kind kind) const noexcept {
    if (kind == json::Kind::Object) return true;
    return dialect_.objects == Objects::TypeofObject &&
           (kind == json::Kind::Array || kind == json::Kind::Null);
  }

  std::optional<PacketErrc> check_event(const json::Shape& shape) const noexcept {
    if (shape.kind != json::Kind::Array) return PacketErrc::NotArray;
    if (shape.element_count == 0) return PacketErrc::EventNameMissing;
    if (dialect_.event_names == EventNames::Anything) return std::nullopt;
    if (shape.first.kind == json::Kind::Number) return std::nullopt;
    if (shape.first.kind != json::Kind::String) return PacketErrc::EventNameKind;
    if (dialect_.event_names == EventNames::NothingReserved && is_reserved_event(shape.first.raw))
      return PacketErrc::EventNameReserved;
    return std::nullopt;
  }

  std::string_view text_;
  const DecoderLimits& limits_;
  const Dialect& dialect_;
  std::size_t at_ = 0;
  PacketView& packet_;
};

}  // namespace

tl::expected<PacketView, PacketError> decode_packet(std::string_view text,
                                                    const DecoderLimits& limits,
                                                    const Dialect& dialect) noexcept {
  if (text.empty()) return tl::unexpected(PacketError{PacketErrc::NoData, 0});
  return decode_string(text, limits, dialect);
}

tl::expected<PacketView, PacketError> decode_string(std::string_view text,
                                                    const DecoderLimits& limits,
                                                    const Dialect& dialect) noexcept {
  tl::expected<PacketView, PacketError> result;
  if (const std::optional<PacketError> error = Decoder(text, limits, dialect, *result).run())
    result = tl::unexpected(*error);
  return result;
}

tl::expected<PacketView, PacketError> decode_header(std::string_view text,
                                                    const DecoderLimits& limits,
                                                    const Dialect& dialect) noexcept {
  tl::expected<PacketView, PacketError> result;
  if (const std::optional<PacketError> error = Decoder(text, limits, dialect, *result).header())
    result = tl::unexpected(*error);
  return result;
}

std::string_view name(PacketType type, const Dialect& dialect) noexcept {
  switch (type) {
    case PacketType::Connect:
      return "CONNECT";
    case PacketType::Disconnect:
      return "DISCONNECT";
    case PacketType::Event:
      return "EVENT";
    case PacketType::Ack:
      return "ACK";
    case PacketType::ConnectError:
      return dialect.error_name;
    case PacketType::BinaryEvent:
      return "BINARY_EVENT";
    case PacketType::BinaryAck:
      return "BINARY_ACK";
  }
  return {};
}

std::string_view official_text(PacketErrc code) noexcept {
  const std::string_view reason = reason_text(code);
  if (code == PacketErrc::NoData || code == PacketErrc::GaveUp) return reason;
  return reason.substr(0, reason.find(':'));
}

std::string_view reason_text(PacketErrc code) noexcept {
  switch (code) {
    case PacketErrc::NoData:
      return "Cannot read properties of undefined (reading 'base64')";
    case PacketErrc::UnknownType:
      return "unknown packet type";
    case PacketErrc::IllegalAttachmentCount:
      return "Illegal attachments";
    case PacketErrc::TooManyAttachments:
      return "too many attachments";
    case PacketErrc::NotJson:
      return "invalid payload: not JSON";
    case PacketErrc::ConnectNotObject:
      return "invalid payload: CONNECT takes an object";
    case PacketErrc::DisconnectWithPayload:
      return "invalid payload: DISCONNECT takes none";
    case PacketErrc::ConnectErrorPayload:
      return "invalid payload: CONNECT_ERROR takes an object or a string";
    case PacketErrc::NotArray:
      return "invalid payload: not an array";
    case PacketErrc::EventNameMissing:
      return "invalid payload: no event name";
    case PacketErrc::EventNameKind:
      return "invalid payload: the event name is neither a string nor a number";
    case PacketErrc::EventNameReserved:
      return "invalid payload: the event name is reserved";
    case PacketErrc::TextWhileReconstructing:
      return "got plaintext data when reconstructing a packet";
    case PacketErrc::BinaryWithoutHeader:
      return "got binary data when not reconstructing a packet";
    case PacketErrc::IllegalPlaceholder:
      return "illegal attachments";
    case PacketErrc::HasOwnProperty:
      return "data.hasOwnProperty is not a function";
    case PacketErrc::GaveUp:
      return "not decoded: nested too deep to follow";
  }
  return {};
}

}  // namespace core::socketio
