#include "proxy/decode/socket_json.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json/document.hpp"
#include "core/json/json.hpp"
#include "core/json/number.hpp"
#include "core/socketio/dialect.hpp"
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
  SocketDecoder(const socketio::Dialect& dialect, Answer& answer)
      : dialect_(dialect), answer_(answer) {}

  /// Returns the reason when the official decoder throws.
  [[nodiscard]] std::optional<std::string> receive(const Frame& frame) {
    return frame.is_binary ? receive_binary(frame.bytes) : receive_text(frame.bytes);
  }

  /// `attachments - buffers.length`, but not below 0.
  [[nodiscard]] double pending() const {
    if (!state_.is_waiting()) return 0;
    return std::max(0.0, header_.attachments_announced - static_cast<double>(attachments_.size()));
  }

 private:
  std::optional<std::string> receive_text(std::string_view text) {
    const auto packet = socketio::decode_string(text, {}, dialect_);
    if (!packet) return refuse(packet.error(), text);

    const std::optional<socketio::PacketErrc> misfit = misfit_in(*packet);
    const bool is_uncounted = socketio::is_binary(packet->type) && packet->attachments == 0;
    const auto progress =
        is_uncounted
            ? state_.receive_uncounted()
            : state_.receive_packet(packet->attachments, misfit ? socketio::Placeholders::Illegal
                                                                : socketio::Placeholders::Fit);
    if (!progress) return std::string(socketio::reason_text(progress.error()));

    attachments_.clear();
    header_ = *packet;
    misfit_ = misfit;
    if (*progress == socketio::Progress::Complete) print_packet();
    return std::nullopt;
  }

  std::optional<std::string> receive_binary(std::string_view bytes) {
    const auto progress = state_.receive_binary();
    if (progress || progress.error() == socketio::PacketErrc::IllegalPlaceholder) {
      std::string text;
      append_binary(bytes, text);
      attachments_.push_back(std::move(text));
    }
    if (!progress) return std::string(socketio::reason_text(misfit_.value_or(progress.error())));
    if (*progress == socketio::Progress::Complete) print_packet();
    return std::nullopt;
  }

  /// What the official decoder will throw once the attachments are in.
  [[nodiscard]] std::optional<socketio::PacketErrc> misfit_in(
      const socketio::PacketView& packet) const {
    if (packet.attachments == 0 || packet.data.empty()) return std::nullopt;
    if (dialect_.own_members == socketio::OwnMembers::Safely) {
      if (socketio::placeholders_fit(packet.data, packet.attachments)) return std::nullopt;
      return socketio::PacketErrc::IllegalPlaceholder;
    }
    const auto placeholders = socketio::find_placeholders(json::Document(packet.data),
                                                          packet.attachments, dialect_.own_members);
    if (placeholders) return std::nullopt;
    return placeholders.error();
  }

  std::optional<std::string> refuse(const socketio::PacketError& error, std::string_view text) {
    const socketio::PacketErrc code = state_.receive_malformed(error.code);
    std::string reason = explain(code, error, text);
    if (code != socketio::PacketErrc::UnknownType ||
        dialect_.unknown_types == socketio::UnknownTypes::Throws)
      return reason;

    std::string& out = answer_.packet();
    out += R"({"type":")";
    out += dialect_.error_name;
    out += R"(","data":)";
    json::quote("parser error: " + reason, out);
    out += '}';
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
    out += socketio::name(socketio::plain(header_.type), dialect_);
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
    if (header_.attachments != 0) {
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

  const socketio::Dialect& dialect_;
  Answer& answer_;
  socketio::Reconstructor state_;
  socketio::PacketView header_{};  ///< Of the packet being reconstructed; borrows its frame.
  std::optional<socketio::PacketErrc> misfit_;  ///< What comes of it.
  std::vector<std::string> attachments_;        ///< As they are printed.
};

const socketio::Dialect& dialect_of(DecodeDialect dialect) {
  switch (dialect) {
    case DecodeDialect::Parser42:
      return socketio::kParser42;
    case DecodeDialect::Parser40:
      return socketio::kParser40;
    case DecodeDialect::Parser33:
      return socketio::kParser33;
  }
  return socketio::kParser42;
}

}  // namespace

void decode_socket_json(std::span<const Frame> frames, DecodeDialect dialect, Answer& answer) {
  SocketDecoder decoder(dialect_of(dialect), answer);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (const auto reason = decoder.receive(frames[i])) {
      answer.fail(i, *reason);
      break;
    }
  }
  answer.pending(decoder.pending());
}

}  // namespace proxy::decode
