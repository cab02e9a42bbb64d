#include "core/client/msgpack_codec.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/json/document.hpp"
#include "core/json/number.hpp"
#include "core/msgpack/reader.hpp"
#include "core/msgpack/text.hpp"
#include "core/socketio/msgpack_packet.hpp"

namespace core::client {
namespace {

// --- Writing ---

class Writer {
 public:
  void map(std::size_t members) { sized(members, 0x80, 15, 0, 0xde); }
  void array(std::size_t elements) { sized(elements, 0x90, 15, 0, 0xdc); }
  void text(std::string_view value) {
    sized(value.size(), 0xa0, 31, 0xd9, 0xda);
    bytes_ += value;
  }
  void binary(std::string_view value) {
    sized(value.size(), 0, 0, 0xc4, 0xc5);
    bytes_ += value;
  }
  void null() { byte(0xc0); }
  void boolean(json::Kind kind) { byte(kind == json::Kind::True ? 0xc3 : 0xc2); }
  /// As an integer where it is one that every double holds, else as a double.
  void number(double value) {
    constexpr double kExact = 9007199254740992;  // 2^53
    if (value != std::trunc(value) || std::abs(value) > kExact) {
      byte(0xcb);
      return fixed(std::bit_cast<std::uint64_t>(value), 8);
    }
    const auto integer = static_cast<std::int64_t>(value);
    const auto bits = static_cast<std::uint64_t>(integer);
    if (integer >= 0) {
      if (integer < 0x80) return fixed(bits, 1);
      if (integer < 0x100) return tagged(0xcc, bits, 1);
      if (integer < 0x10000) return tagged(0xcd, bits, 2);
      if (integer < 0x100000000) return tagged(0xce, bits, 4);
      return tagged(0xcf, bits, 8);
    }
    if (integer >= -0x20) return fixed(bits, 1);
    if (integer >= -0x80) return tagged(0xd0, bits, 1);
    if (integer >= -0x8000) return tagged(0xd1, bits, 2);
    if (integer >= -0x80000000LL) return tagged(0xd2, bits, 4);
    tagged(0xd3, bits, 8);
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  void byte(unsigned value) { bytes_ += static_cast<char>(value); }
  void fixed(std::uint64_t value, unsigned count) {
    while (count-- > 0) bytes_ += static_cast<char>(value >> (8 * count) & 0xffU);
  }
  void tagged(unsigned tag, std::uint64_t value, unsigned count) {
    byte(tag);
    fixed(value, count);
  }
  /// A head with its size: in the tag itself up to `short_max`; in one byte behind `tag8`, if there
  /// is such a tag; else in two behind `tag16`, in four behind the next.
  void sized(std::size_t size, unsigned short_tag, std::size_t short_max, unsigned tag8,
             unsigned tag16) {
    if (short_tag != 0 && size <= short_max) return byte(short_tag | static_cast<unsigned>(size));
    if (tag8 != 0 && size < 0x100) return tagged(tag8, size, 1);
    if (size < 0x10000) return tagged(tag16, size, 2);
    tagged(tag16 + 1, size, 4);
  }

  std::string bytes_;
};

/// The attachment that an object stands for, if it is a placeholder.
std::optional<std::size_t> attachment_of(const json::Document& document,
                                         const json::Document::Node& object, std::size_t count) {
  const auto* mark = document.find(object, "_placeholder");
  if (mark == nullptr || mark->kind != json::Kind::True) return std::nullopt;
  const auto* number = document.find(object, "num");
  if (number == nullptr || number->kind != json::Kind::Number) return std::nullopt;
  const double index = json::number_of(number->raw);
  if (index < 0 || index >= static_cast<double>(count) || index != std::trunc(index))
    return std::nullopt;
  return static_cast<std::size_t>(index);
}

/// Writes JSON text as the value it denotes. Without recursion: any depth will do.
void write_json(std::string_view text, const std::vector<std::string>& attachments, Writer& out) {
  const json::Document document(text);
  struct Level {
    const json::Document::Edge* next;
    const json::Document::Edge* end;
    bool is_object;
  };
  std::vector<Level> levels;
  const auto write = [&](const json::Document::Node& node) {
    switch (node.kind) {
      case json::Kind::Null:
        return out.null();
      case json::Kind::True:
      case json::Kind::False:
        return out.boolean(node.kind);
      case json::Kind::Number:
        return out.number(json::number_of(node.raw));
      case json::Kind::String: {
        std::string plain;
        json::unescape(node.raw, plain);
        return out.text(plain);
      }
      case json::Kind::Array:
      case json::Kind::Object:
        break;
    }
    const bool is_object = node.kind == json::Kind::Object;
    if (is_object)
      if (const auto attachment = attachment_of(document, node, attachments.size()))
        return out.binary(attachments[*attachment]);
    const auto* const begin = document.begin(node);
    const auto* const end = document.end(node);
    const auto size = static_cast<std::size_t>(end - begin);
    is_object ? out.map(size) : out.array(size);
    levels.push_back({begin, end, is_object});
  };
  write(document.node(0));
  while (!levels.empty()) {
    Level& level = levels.back();
    if (level.next == level.end) {
      levels.pop_back();
      continue;
    }
    const json::Document::Edge& edge = *level.next++;
    if (level.is_object) out.text(edge.key);
    write(document.node(edge.node));
  }
}

// --- Reading ---

constexpr std::string_view kPlaceholder = R"({"_placeholder":true,"num":)";

/// Reads a value that the decoder accepted as JSON text; binary goes to `attachments`.
class JsonWriter {
 public:
  JsonWriter(std::string_view raw, Packet& packet) : reader_(raw), packet_(packet) {}

  void run() {
    std::vector<Level> levels;
    do {
      if (!levels.empty()) {
        Level& level = levels.back();
        if (level.left == 0) {
          packet_.data += level.is_map ? '}' : ']';
          levels.pop_back();
          continue;
        }
        --level.left;
        if (!std::exchange(level.is_first, false)) packet_.data += ',';
        if (level.is_map) key();
      }
      msgpack::Token token;
      if (!reader_.next(token)) return;  // Not of what the decoder accepted.
      if (token.kind != msgpack::Kind::Array && token.kind != msgpack::Kind::Map) {
        scalar(token);
      } else {
        const bool is_map = token.kind == msgpack::Kind::Map;
        packet_.data += is_map ? '{' : '[';
        levels.push_back({token.size, is_map, true});
      }
    } while (!levels.empty());
  }

 private:
  struct Level {
    std::uint32_t left;
    bool is_map;
    bool is_first;
  };

  void key() {
    msgpack::Token token;
    if (!reader_.next(token)) return;
    std::string name;
    msgpack::append_string(reader_, token, reader_.between(token.begin, reader_.at()), name);
    json::quote(name, packet_.data);
    packet_.data += ':';
  }
  void scalar(const msgpack::Token& token) {
    const std::string_view raw = reader_.between(token.begin, reader_.at());
    switch (token.kind) {
      case msgpack::Kind::Binary:
      case msgpack::Kind::ArrayBuffer:
        return attachment(reader_.content(token));
      case msgpack::Kind::Extension:  // JavaScript sees `[type, Buffer]`.
        packet_.data += '[';
        json::append_number(msgpack::number_of(raw), packet_.data);
        packet_.data += ',';
        attachment(reader_.content(token));
        packet_.data += ']';
        return;
      case msgpack::Kind::Undefined:
        packet_.data += "null";
        return;
      case msgpack::Kind::Null:
      case msgpack::Kind::False:
      case msgpack::Kind::True:
      case msgpack::Kind::Number:
      case msgpack::Kind::String:
      case msgpack::Kind::Date:
      case msgpack::Kind::Array:
      case msgpack::Kind::Map:
        return msgpack::append_json(reader_, token, raw, packet_.data);
    }
  }
  void attachment(std::string_view bytes) {
    packet_.data.append(kPlaceholder).append(std::to_string(packet_.attachments.size())) += '}';
    packet_.attachments.emplace_back(bytes);
  }

  msgpack::Reader reader_;
  Packet& packet_;
};

}  // namespace

std::string encode_msgpack(const Packet& packet) {
  Writer out;
  out.map(2U + (packet.data.empty() ? 0U : 1U) + (packet.id ? 1U : 0U));
  out.text("type");
  out.number(static_cast<int>(packet.type));
  out.text("nsp");
  out.text(packet.ns);
  if (!packet.data.empty()) {
    out.text("data");
    write_json(packet.data, packet.attachments, out);
  }
  if (packet.id) {
    out.text("id");
    out.number(static_cast<double>(*packet.id));
  }
  return out.take();
}

tl::expected<Packet, std::string_view> decode_msgpack(std::string_view bytes) {
  const auto view = socketio::decode_msgpack_packet(bytes);
  if (!view) return tl::unexpected(socketio::reason_text(view.error().code));
  if (view->is_odd) return tl::unexpected(std::string_view("keys that are no text"));
  Packet packet{view->type, {}, view->id ? view->id->integer : std::nullopt, {}, {}};
  msgpack::append_utf8(view->ns, packet.ns);
  if (view->data.kind != msgpack::Kind::Undefined) JsonWriter(view->data.raw, packet).run();
  return packet;
}

}  // namespace core::client
