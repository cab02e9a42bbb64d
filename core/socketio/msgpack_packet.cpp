#include "core/socketio/msgpack_packet.hpp"

#include <cmath>
#include <new>

#include "core/json/number.hpp"
#include "core/limits.hpp"
#include "core/msgpack/document.hpp"
#include "core/msgpack/text.hpp"
#include "core/msgpack/walk.hpp"

namespace core::socketio {
namespace {

using msgpack::Kind;
using msgpack::Token;

MsgpackErrc code_of(msgpack::Errc code) noexcept {
  switch (code) {
    case msgpack::Errc::NoValue:
      return MsgpackErrc::NoValue;
    case msgpack::Errc::FieldCut:
      return MsgpackErrc::FieldCut;
    case msgpack::Errc::WrongLength:
      return MsgpackErrc::WrongLength;
    case msgpack::Errc::KeyNotPrimitive:
      return MsgpackErrc::KeyNotPrimitive;
    case msgpack::Errc::TooDeep:
    case msgpack::Errc::TooOdd:
      break;
  }
  return MsgpackErrc::GaveUp;
}

MsgpackError error_of(const msgpack::Error& error) noexcept {
  return {code_of(error.code), error.field_bytes, error.offset_bytes};
}

/// `Number.isInteger(value)`, and which.
std::optional<double> integer_of(const MsgpackValue& value) noexcept {
  if (value.kind != Kind::Number) return std::nullopt;
  const double number = msgpack::number_of(value.raw);
  if (!std::isfinite(number) || number != std::trunc(number)) return std::nullopt;
  return number;
}

/// The members that the official parser looks at; undefined when absent.
struct Fields {
  MsgpackValue type, ns, data, id;

  [[nodiscard]] MsgpackValue* named(std::string_view key) noexcept {
    if (key == "type") return &type;
    if (key == "nsp") return &ns;
    if (key == "data") return &data;
    return key == "id" ? &id : nullptr;
  }
};

/// Whether `data` suits the type; `packet.data.kind` is Undefined when there is none.
/// Source: socket.io-msgpack-parser 3.0.2, isDataValid().
std::optional<MsgpackErrc> check_data(const MsgpackPacketView& packet) noexcept {
  const Kind kind = packet.data.kind;
  switch (packet.type) {
    case PacketType::Connect:
      if (kind != Kind::Undefined && kind != Kind::Map) return MsgpackErrc::ConnectNotObject;
      break;
    case PacketType::Disconnect:
      if (kind != Kind::Undefined) return MsgpackErrc::DisconnectWithPayload;
      break;
    case PacketType::ConnectError:
      if (kind != Kind::String && kind != Kind::Map) return MsgpackErrc::ConnectErrorPayload;
      break;
    case PacketType::Event:
    case PacketType::Ack:
    case PacketType::BinaryEvent:
    case PacketType::BinaryAck:
      if (kind != Kind::Array && kind != Kind::Extension) return MsgpackErrc::NotArray;
      break;
  }
  return std::nullopt;
}

class Decoder {
 public:
  Decoder(std::string_view bytes, MsgpackPacketView& packet) noexcept
      : bytes_(bytes), reader_(bytes), walk_(reader_), packet_(packet) {}

  /// Fills the packet, up to the error if there is one.
  [[nodiscard]] std::optional<MsgpackError> run() noexcept {
    Token root;
    const bool is_read = walk_.next(root) && (root.kind == Kind::Map ? members(root.size)
                                                                     : walk_.skip_content(root, 0));
    if (walk_.is_odd()) return run_odd();
    if (!is_read) return error_of(walk_.error());
    if (!reader_.finish()) return error_of(reader_.error());
    return check();
  }

 private:
  [[nodiscard]] MsgpackValue value_of(const Token& head, std::size_t end) const noexcept {
    const bool has_text = head.kind == Kind::String || head.kind == Kind::Binary;
    return {head.kind, reader_.between(head.begin, end),
            has_text ? reader_.content(head) : std::string_view()};
  }

  bool members(std::uint32_t count) noexcept {
    for (; count != 0; --count) {
      Token key;
      if (!walk_.next(key)) return false;
      walk_.note_key(key);
      if (!walk_.skip_content(key, 1)) return false;

      MsgpackValue* const field = key.kind == Kind::String || key.kind == Kind::Binary
                                      ? fields_.named(reader_.content(key))
                                      : nullptr;
      Token value;
      if (!walk_.next(value)) return false;
      if (!(field == &fields_.data ? elements(value) : walk_.skip_content(value, 1))) return false;
      if (field != nullptr) *field = value_of(value, reader_.at());
    }
    return true;
  }

  /// The content of `data`.
  bool elements(const Token& data) noexcept {
    packet_.event = {};
    packet_.last = {};
    packet_.element_count = 0;
    if (data.kind == Kind::Extension) extension_elements(data);
    if (data.kind != Kind::Array) return walk_.skip_content(data, 1);
    packet_.element_count = data.size;
    for (std::uint32_t i = 0; i < data.size; ++i) {
      Token element;
      if (!walk_.skip_value(element, 2)) return false;
      if (i == 0) packet_.event = value_of(element, reader_.at());
      if (i == data.size - 1) packet_.last = value_of(element, reader_.at());
    }
    return true;
  }

  void extension_elements(const Token& data) noexcept {
    packet_.element_count = 2;
    packet_.event = {Kind::Number, reader_.between(data.content - 1, data.content), {}};
    packet_.last = {Kind::Binary, reader_.content(data), reader_.content(data)};
  }

  /// In the official order.
  std::optional<MsgpackError> check() noexcept {
    const auto problem = [&](MsgpackErrc code, const MsgpackValue& where) {
      const char* const at = where.raw.empty() ? bytes_.data() : where.raw.data();
      return MsgpackError{code, 0, static_cast<std::size_t>(at - bytes_.data())};
    };
    const std::optional<double> type = integer_of(fields_.type);
    if (!type || *type < 0 || *type > 4) return problem(MsgpackErrc::InvalidType, fields_.type);
    packet_.type = static_cast<PacketType>(static_cast<int>(*type));

    if (fields_.ns.kind != Kind::String) return problem(MsgpackErrc::InvalidNamespace, fields_.ns);
    packet_.ns = fields_.ns.text;

    packet_.data = fields_.data;
    if (const auto code = check_data(packet_)) return problem(*code, fields_.data);

    if (fields_.id.kind == Kind::Undefined) return std::nullopt;
    const std::optional<double> id = integer_of(fields_.id);
    if (!id) return problem(MsgpackErrc::InvalidId, fields_.id);
    packet_.id = AckId{*id, std::nullopt};
    if (*id >= 0 && *id < 0x1p64) packet_.id->integer = static_cast<std::uint64_t>(*id);
    return std::nullopt;
  }

  std::optional<MsgpackError> run_odd() noexcept try {
    packet_ = {};
    packet_.is_odd = true;
    const auto document = msgpack::Document::read(bytes_, limits::kMsgpackOddValuesMax);
    if (!document) return error_of(document.error());
    const auto value = [&](const msgpack::Document::Node* node) {
      return node == nullptr ? MsgpackValue{}
                             : value_of(node->token, node->token.begin + node->raw.size());
    };
    const msgpack::Document::Node& root = document->root();
    fields_ = {value(document->find(root, "type")), value(document->find(root, "nsp")),
               value(document->find(root, "data")), value(document->find(root, "id"))};
    if (const auto* const data = document->find(root, "data")) {
      if (data->token.kind == Kind::Extension) extension_elements(data->token);
      if (data->token.kind == Kind::Array && !data->edges.empty()) {
        packet_.element_count = data->edges.size();
        packet_.event = value(&document->node(data->edges.front().node));
        packet_.last = value(&document->node(data->edges.back().node));
      }
    }
    return check();
  } catch (const std::bad_alloc&) {
    return MsgpackError{MsgpackErrc::GaveUp, 0, 0};
  }

  std::string_view bytes_;
  msgpack::Reader reader_;
  msgpack::Walk walk_;
  Fields fields_;
  MsgpackPacketView& packet_;
};

/// Whether the first value has others in it. Few attachments of a JSON packet look so.
bool starts_container(std::string_view bytes) noexcept {
  if (bytes.empty()) return false;
  const unsigned prefix = static_cast<unsigned char>(bytes.front());
  return (prefix >= 0x80 && prefix < 0xa0) || (prefix >= 0xdc && prefix < 0xe0);
}

/// Bytes whose first value is no container.
MsgpackError refuse_scalar(std::string_view bytes) noexcept {
  msgpack::Reader reader(bytes);
  Token token;
  if (!reader.next(token) || !reader.finish()) return error_of(reader.error());
  if (token.kind == Kind::Null) return {MsgpackErrc::Null, 0, 0};
  if (token.kind == Kind::Undefined) return {MsgpackErrc::Undefined, 0, 0};
  return {MsgpackErrc::InvalidType, 0, 0};
}

}  // namespace

tl::expected<MsgpackPacketView, MsgpackError> decode_msgpack_packet(
    std::string_view bytes) noexcept {
  if (!starts_container(bytes)) return tl::unexpected(refuse_scalar(bytes));
  tl::expected<MsgpackPacketView, MsgpackError> result;
  if (const std::optional<MsgpackError> error = Decoder(bytes, *result).run())
    result = tl::unexpected(*error);
  return result;
}

std::string refuse_msgpack_text(std::string_view text) {
  // A digit is the number it shows and whitespace is 0, both small: positive fixints. One of them
  // alone is a value without a type, and anything else is no prefix at all.
  const bool is_digit = !text.empty() && text[0] >= '0' && text[0] <= '9';
  const std::size_t first = is_digit ? 1 : json::whitespace_bytes(text);
  if (first == 0) return "Could not parse";
  std::size_t units = 0;  // As JavaScript counts: two for what takes four bytes.
  for (const char c : text.substr(first)) {
    const auto byte = static_cast<unsigned char>(c);
    units += byte >= 0xf0 ? 2 : (byte & 0xc0U) != 0x80U ? 1 : 0;
  }
  return units == 0 ? "invalid packet type" : std::to_string(units) + " trailing bytes";
}

std::string_view reason_text(MsgpackErrc code) noexcept {
  switch (code) {
    case MsgpackErrc::NoValue:
      return "Could not parse";
    case MsgpackErrc::FieldCut:
      return "the offset is out of range: the message ends in a number";
    case MsgpackErrc::WrongLength:
      return "trailing bytes: the message is longer or shorter than what it holds";
    case MsgpackErrc::KeyNotPrimitive:
      return "Cannot convert object to primitive value";
    case MsgpackErrc::Null:
      return "Cannot read properties of null (reading 'type')";
    case MsgpackErrc::Undefined:
      return "Cannot read properties of undefined (reading 'type')";
    case MsgpackErrc::InvalidType:
      return "invalid packet type";
    case MsgpackErrc::InvalidNamespace:
      return "invalid namespace";
    case MsgpackErrc::ConnectNotObject:
      return "invalid payload: CONNECT takes an object";
    case MsgpackErrc::DisconnectWithPayload:
      return "invalid payload: DISCONNECT takes none";
    case MsgpackErrc::ConnectErrorPayload:
      return "invalid payload: CONNECT_ERROR takes an object or a string";
    case MsgpackErrc::NotArray:
      return "invalid payload: not an array";
    case MsgpackErrc::InvalidId:
      return "invalid packet id";
    case MsgpackErrc::GaveUp:
      return "not decoded: nested too deep, or keys too odd, to follow";
  }
  return {};
}

std::string reason_text(const MsgpackError& error, std::size_t size_bytes) {
  std::string text;
  if (error.code == MsgpackErrc::FieldCut)
    msgpack::append_message({msgpack::Errc::FieldCut, error.field_bytes, error.offset_bytes},
                            size_bytes, text);
  else if (error.code == MsgpackErrc::WrongLength)
    msgpack::append_message({msgpack::Errc::WrongLength, 0, error.offset_bytes}, size_bytes, text);
  else
    text = reason_text(error.code);
  return text;
}

}  // namespace core::socketio
