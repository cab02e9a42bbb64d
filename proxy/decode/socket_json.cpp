#include "proxy/decode/socket_json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json/document.hpp"
#include "core/json/json.hpp"
#include "core/json/number.hpp"
#include "core/socketio/packet.hpp"
#include "core/socketio/placeholders.hpp"
#include "core/socketio/reconstructor.hpp"

namespace proxy::decode {
namespace {

namespace json = core::json;
namespace socketio = core::socketio;

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

}  // namespace

void decode_socket_json(std::span<const Frame> frames, Answer& answer) {
  SocketDecoder decoder(answer);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (const auto reason = decoder.receive(frames[i])) {
      answer.fail(i, *reason);
      break;
    }
  }
  answer.pending(decoder.pending());
}

}  // namespace proxy::decode
