#include "core/client/codec.hpp"

#include <utility>

#include "core/client/msgpack_codec.hpp"
#include "core/socketio/placeholders.hpp"

namespace core::client {
namespace {

using socketio::PacketErrc;
using socketio::PacketType;

/// Which decoder of socket.io-parser the format stands for.
socketio::Dialect dialect_of(const Format& format) noexcept {
  socketio::Dialect dialect =
      format.revision == Revision::V4 ? socketio::kParser42 : socketio::kParser33;
  if (format.limits.empty_binary == Limits::EmptyBinary::Accept)
    dialect.counts = socketio::Counts::AnyNumber;
  return dialect;
}

tl::unexpected<std::string_view> refuse(PacketErrc code) {
  return tl::unexpected(socketio::reason_text(code));
}

}  // namespace

void encode(const Packet& packet, Parser parser, std::vector<Message>& out) {
  if (parser == Parser::Msgpack) {
    out.push_back({true, encode_msgpack(packet)});
    return;
  }
  PacketType type = packet.type;
  if (!packet.attachments.empty())
    type = type == PacketType::Ack ? PacketType::BinaryAck : PacketType::BinaryEvent;

  std::string text(1, static_cast<char>('0' + static_cast<int>(type)));
  if (!packet.attachments.empty()) text += std::to_string(packet.attachments.size()) + '-';
  if (packet.ns != "/") text += packet.ns + ',';
  if (packet.id) text += std::to_string(*packet.id);
  text += packet.data;

  out.push_back({false, std::move(text)});
  for (const std::string& attachment : packet.attachments) out.push_back({true, attachment});
}

std::vector<Message> encode(const Packet& packet, Parser parser) {
  std::vector<Message> messages;
  encode(packet, parser, messages);
  return messages;
}

PacketReader::Result PacketReader::receive(Message message) {
  if (format_.parser == Parser::Msgpack) {
    if (!message.binary) return tl::unexpected(std::string_view("a text where msgpack belongs"));
    auto packet = decode_msgpack(message.data);
    if (!packet) return tl::unexpected(packet.error());
    return std::move(*packet);
  }
  return message.binary ? receive_attachment(std::move(message)) : receive_text(message);
}

PacketReader::Result PacketReader::receive_attachment(Message message) {
  const auto progress = reconstructor_.receive_binary();
  if (!progress) return refuse(progress.error());
  waiting_.attachments.push_back(std::move(message.data));
  if (*progress == socketio::Progress::Pending) return std::nullopt;
  return std::exchange(waiting_, {});
}

PacketReader::Result PacketReader::receive_text(const Message& message) {
  const auto view = socketio::decode_packet(
      message.data, {.attachments_max = format_.limits.attachments_max}, dialect_of(format_));
  if (!view) return refuse(reconstructor_.receive_malformed(view.error().code));
  if (view->attachments > format_.limits.attachments_max)
    return refuse(PacketErrc::TooManyAttachments);  // Which a lenient dialect lets through.

  // The official parser lets an event without any data through, and Node's client dies of it.
  if (socketio::plain(view->type) == PacketType::Event && view->data.empty())
    return refuse(reconstructor_.receive_malformed(PacketErrc::EventNameMissing));

  const bool fit =
      view->attachments == 0 || socketio::placeholders_fit(view->data, view->attachments);
  const auto progress = reconstructor_.receive_packet(
      view->attachments, fit ? socketio::Placeholders::Fit : socketio::Placeholders::Illegal);
  if (!progress) return refuse(progress.error());

  Packet packet{socketio::plain(view->type),
                std::string(view->ns),
                view->id ? view->id->integer : std::nullopt,
                std::string(view->data),
                {}};
  if (*progress == socketio::Progress::Complete) return packet;
  waiting_ = std::move(packet);
  return std::nullopt;
}

void PacketReader::reset() {
  reconstructor_.reset();
  waiting_ = {};
}

}  // namespace core::client
