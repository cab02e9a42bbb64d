#include "proxy/cli/decode.hpp"

#include <algorithm>
#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "core/engineio/base64.hpp"
#include "core/engineio/packet.hpp"
#include "core/engineio/payload.hpp"
#include "core/json/document.hpp"
#include "core/json/json.hpp"
#include "core/json/number.hpp"
#include "core/socketio/packet.hpp"
#include "core/socketio/placeholders.hpp"
#include "core/socketio/reconstructor.hpp"

namespace proxy::cli {
namespace {

namespace json = core::json;
namespace engineio = core::engineio;
namespace socketio = core::socketio;

/// One frame of the input, unescaped.
struct Frame {
  bool is_binary;
  std::string bytes;
};

void append_binary(std::string_view bytes, std::string& out) {
  out += R"({"$base64":")";
  engineio::encode_base64(bytes, out);
  out += R"("})";
}

// --- Reading a line ------------------------------------------------------------------------------

/// Whether text is UTF-8 as Unicode has it: no surrogates, nothing overlong, nothing cut.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t n) -> unsigned {
      return i + n < text.size() ? static_cast<unsigned char>(text[i + n]) : 0U;
    };
    const auto is_tail = [&](std::size_t n) { return (byte(n) & 0xc0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80) {
      ++i;
    } else if (first >= 0xc2 && first < 0xe0 && is_tail(1)) {
      i += 2;
    } else if (first >= 0xe0 && first < 0xf0 && is_tail(1) && is_tail(2)) {
      if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) >= 0xa0)) return false;
      i += 3;
    } else if (first >= 0xf0 && first < 0xf5 && is_tail(1) && is_tail(2) && is_tail(3)) {
      if ((first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) >= 0x90)) return false;
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

/// Whether every character may stand in base64: a typing error in the input is not decoded around.
bool is_base64(std::string_view text) {
  const std::size_t padding = text.size() - std::min(text.find_last_not_of('=') + 1, text.size());
  text.remove_suffix(padding);
  return padding <= 2 && text.size() % 4 != 1 &&
         text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
             "+/-_") == std::string_view::npos;
}

tl::expected<Frame, std::string_view> read_frame(const json::Value& value) {
  constexpr std::string_view kNoFrame = R"(a frame is neither {"text":"..."} nor {"base64":"..."})";
  if (value.kind != json::Kind::Object) return tl::unexpected(kNoFrame);
  const std::optional<json::Value> text = json::find_member(value.raw, "text");
  const std::optional<json::Value> base64 = json::find_member(value.raw, "base64");
  if (text.has_value() == base64.has_value()) return tl::unexpected(kNoFrame);

  const json::Value& content = text ? *text : *base64;
  if (content.kind != json::Kind::String) return tl::unexpected(kNoFrame);
  std::string plain;
  json::unescape(content.raw, plain);
  if (text) return Frame{false, std::move(plain)};

  if (!is_base64(plain)) return tl::unexpected(std::string_view("a frame's base64 is not base64"));
  Frame frame{true, {}};
  engineio::decode_base64(plain, frame.bytes);
  return frame;
}

tl::expected<std::vector<Frame>, std::string_view> read_line(std::string_view line) {
  if (!is_utf8(line)) return tl::unexpected(std::string_view("the line is not UTF-8"));
  const tl::expected<json::Shape, json::Error> shape = json::inspect(line);
  if (!shape) return tl::unexpected(std::string_view("the line is not JSON"));
  if (shape->kind != json::Kind::Object)
    return tl::unexpected(std::string_view("the line is not an object"));
  const std::optional<json::Value> list = json::find_member(line, "frames");
  if (!list || list->kind != json::Kind::Array)
    return tl::unexpected(std::string_view(R"(the object has no array "frames")"));

  std::vector<Frame> frames;
  json::ElementReader elements(list->raw);
  while (const std::optional<json::Value> element = elements.next()) {
    tl::expected<Frame, std::string_view> frame = read_frame(*element);
    if (!frame) return tl::unexpected(frame.error());
    frames.push_back(std::move(*frame));
  }
  return frames;
}

// --- Writing a line ------------------------------------------------------------------------------

/// The answer to one line while it grows.
class Answer {
 public:
  /// Starts the next packet; the caller appends its JSON.
  [[nodiscard]] std::string& packet() {
    if (!packets_.empty()) packets_ += ',';
    return packets_;
  }

  void fail(std::size_t frame, std::string_view reason) {
    error_ = R"({"frame":)" + std::to_string(frame) + R"(,"reason":)";
    json::quote(reason, error_);
    error_ += '}';
  }

  void write(std::uint32_t pending, std::ostream& out) const {
    out << R"({"packets":[)" << packets_ << R"(],"error":)" << error_ << R"(,"pending":)" << pending
        << "}\n";
  }

 private:
  std::string packets_;
  std::string error_ = "null";
};

void write_bad_line(std::string_view reason, std::ostream& out) {
  std::string quoted;
  json::quote(reason, quoted);
  out << R"({"error":{"frame":null,"reason":)" << quoted << "}}\n";
}

// --- Engine.IO -----------------------------------------------------------------------------------

void print(const engineio::PacketView& packet, std::string& out) {
  out += R"({"type":")";
  out += engineio::name(packet.type);
  out += '"';
  if (packet.base64) {
    std::string bytes;
    engineio::decode_base64(packet.data, bytes);
    out += R"(,"data":)";
    append_binary(bytes, out);
  } else if (!packet.data.empty()) {
    out += R"(,"data":)";
    json::quote(packet.data, out);
  }
  out += '}';
}

/// One packet in text form. Returns the reason when the official parser refuses it.
std::optional<std::string_view> decode_text(std::string_view text, Answer& answer) {
  const auto packet = engineio::decode_packet(text);
  if (!packet) return engineio::reason_text(packet.error().code);
  print(*packet, answer.packet());
  return std::nullopt;
}

std::optional<std::string_view> decode_engine_frame(const Frame& frame, DecodeTransport transport,
                                                    Answer& answer) {
  if (transport == DecodeTransport::Polling) {
    // decodePayload() calls split() on what it is given, and a Buffer has none.
    if (frame.is_binary) return "encodedPayload.split is not a function: a payload is text";
    engineio::PayloadReader packets(frame.bytes);
    while (const std::optional<std::string_view> packet = packets.next())
      if (const auto reason = decode_text(*packet, answer)) return reason;
    return std::nullopt;
  }
  if (!frame.is_binary) return decode_text(frame.bytes, answer);
  std::string& out = answer.packet();
  out += R"({"type":"message","data":)";
  append_binary(frame.bytes, out);
  out += '}';
  return std::nullopt;
}

void decode_engine(const std::vector<Frame>& frames, DecodeTransport transport, std::ostream& out) {
  Answer answer;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (const auto reason = decode_engine_frame(frames[i], transport, answer)) {
      answer.fail(i, *reason);
      break;
    }
  }
  answer.write(0, out);
}

// --- Socket.IO -----------------------------------------------------------------------------------

/// socket.io-parser's Decoder, with values.
class SocketDecoder {
 public:
  explicit SocketDecoder(Answer& answer) : answer_(answer) {}

  /// Returns the reason when the official decoder throws.
  [[nodiscard]] std::optional<std::string> receive(const Frame& frame) {
    return frame.is_binary ? receive_binary(frame.bytes) : receive_text(frame.bytes);
  }

  [[nodiscard]] std::uint32_t pending() const { return state_.missing(); }

 private:
  std::optional<std::string> receive_text(std::string_view text) {
    const auto packet = socketio::decode_string(text);
    if (!packet)
      return explain(state_.receive_malformed(packet.error().code), packet.error(), text);

    const bool fits = socketio::placeholders_fit(packet->data, packet->attachments);
    const bool is_binary = socketio::is_binary(packet->type);
    const auto progress = state_.receive_packet(
        packet->attachments,
        fits || !is_binary ? socketio::Placeholders::Fit : socketio::Placeholders::Illegal);
    if (!progress) return std::string(socketio::reason_text(progress.error()));

    attachments_.clear();
    header_ = *packet;
    if (*progress == socketio::Progress::Complete) print_packet();
    return std::nullopt;
  }

  std::optional<std::string> receive_binary(std::string_view bytes) {
    const auto progress = state_.receive_binary();
    if (!progress) return std::string(socketio::reason_text(progress.error()));
    std::string text;
    append_binary(bytes, text);
    attachments_.push_back(std::move(text));
    if (*progress == socketio::Progress::Complete) print_packet();
    return std::nullopt;
  }

  static std::string explain(socketio::PacketErrc code, const socketio::PacketError& error,
                             std::string_view text) {
    std::string reason(socketio::reason_text(code));
    if (code == socketio::PacketErrc::UnknownType) {
      reason += ' ';
      reason += text.front() >= '7' && text.front() <= '9' ? text.substr(0, 1) : "NaN";
    } else if (code == socketio::PacketErrc::NotJson) {
      reason += ", from byte " + std::to_string(error.offset_bytes);
    }
    return reason;
  }

  void print_packet() {
    std::string& out = answer_.packet();
    out += R"({"type":")";
    out += socketio::name(socketio::plain(header_.type));
    out += R"(","nsp":)";
    json::quote(header_.ns, out);
    if (header_.id) {
      out += R"(,"id":)";
      json::append_number(header_.id->value, out);
    }
    if (!header_.data.empty()) {
      out += R"(,"data":)";
      print_data(out);
    }
    out += '}';
  }

  void print_data(std::string& out) const {
    const json::Document document(header_.data);
    std::vector<json::Replacement> replacements;
    if (socketio::is_binary(header_.type)) {
      const auto placeholders = socketio::find_placeholders(document, header_.attachments);
      for (const socketio::Placeholder& placeholder : *placeholders)
        replacements.push_back({placeholder.node, attachment(placeholder.number)});
    }
    json::stringify(document, replacements, out);
  }

  /// What JavaScript's `buffers[number]` is: a fraction is no index.
  std::string_view attachment(double number) const {
    const auto index = static_cast<std::size_t>(number);
    return static_cast<double>(index) == number ? std::string_view(attachments_[index])
                                                : std::string_view();
  }

  Answer& answer_;
  socketio::Reconstructor state_;
  socketio::PacketView header_{};         ///< Of the packet being reconstructed; borrows its frame.
  std::vector<std::string> attachments_;  ///< As they are printed.
};

void decode_socket(const std::vector<Frame>& frames, std::ostream& out) {
  Answer answer;
  SocketDecoder decoder(answer);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (const auto reason = decoder.receive(frames[i])) {
      answer.fail(i, *reason);
      break;
    }
  }
  answer.write(decoder.pending(), out);
}

/// What is asked for and not there yet, as a sentence.
std::optional<std::string_view> unsupported(const DecodeOptions& options) {
  if (options.parser == DecodeParser::MsgPack)
    return "sioscope decode: --parser msgpack is not supported yet; use --parser json";
  if (options.dialect != DecodeDialect::Parser42)
    return "sioscope decode: only --dialect 4.2 is supported yet";
  if (options.engine != DecodeEngine::Eio4) return "sioscope decode: only --eio 4 is supported yet";
  return std::nullopt;
}

}  // namespace

int run_decode(const DecodeOptions& options, std::istream& in, std::ostream& out,
               std::ostream& err) {
  if (const auto refusal = unsupported(options)) {
    err << *refusal << '\n';
    return 2;
  }

  int exit_code = 0;
  for (std::string line; std::getline(in, line);) {
    const auto frames = read_line(line);
    if (!frames) {
      write_bad_line(frames.error(), out);
      exit_code = 2;
    } else if (options.layer == DecodeLayer::EngineIo) {
      decode_engine(*frames, options.transport, out);
    } else {
      decode_socket(*frames, out);
    }
    if (in.rdbuf()->in_avail() <= 0) out.flush();  // The next line may be long in coming.
  }
  out.flush();
  return exit_code;
}

}  // namespace proxy::cli
