#include "core/client/socketio_packet.hpp"

#include <cstdio>
#include <utility>

#include "core/socketio/placeholders.hpp"

namespace core::client {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

std::vector<Message> encode(const Packet& packet) {
  using socketio::PacketType;
  PacketType type = packet.type;
  if (!packet.attachments.empty())
    type = type == PacketType::Ack ? PacketType::BinaryAck : PacketType::BinaryEvent;

  std::string text(1, static_cast<char>('0' + static_cast<int>(type)));
  if (!packet.attachments.empty()) text += std::to_string(packet.attachments.size()) + '-';
  if (packet.ns != "/") text += packet.ns + ',';
  if (packet.id) text += std::to_string(*packet.id);
  text += packet.data;

  std::vector<Message> messages{{false, std::move(text)}};
  for (const std::string& attachment : packet.attachments) messages.push_back({true, attachment});
  return messages;
}

tl::expected<std::optional<Packet>, socketio::PacketErrc> PacketReader::receive(Message message) {
  if (message.binary) {
    const auto progress = reconstructor_.receive_binary();
    if (!progress) return tl::unexpected(progress.error());
    waiting_.attachments.push_back(std::move(message.data));
    if (*progress == socketio::Progress::Pending) return std::nullopt;
    return std::exchange(waiting_, {});
  }
  const auto view = socketio::decode_packet(message.data);
  if (!view) return tl::unexpected(reconstructor_.receive_malformed(view.error().code));

  const bool fit = socketio::placeholders_fit(view->data, view->attachments);
  const auto progress = reconstructor_.receive_packet(
      view->attachments, fit || view->attachments == 0 ? socketio::Placeholders::Fit
                                                       : socketio::Placeholders::Illegal);
  if (!progress) return tl::unexpected(progress.error());

  Packet packet{socketio::plain(view->type),
                std::string(view->ns),
                view->id ? view->id->integer : std::nullopt,
                std::string(view->data),
                {}};
  if (*progress == socketio::Progress::Complete) return packet;
  waiting_ = std::move(packet);
  return std::nullopt;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string event_data(std::string_view name, std::string_view arguments) {
  std::string data = '[' + quoted(name);
  if (!arguments.empty()) data.append(",").append(arguments);
  return data + ']';
}

EventParts event_parts(std::string_view data) {
  EventParts parts;
  json::ElementReader elements(data);
  const auto name = elements.next();
  if (!name) return parts;
  if (name->kind == json::Kind::String)
    json::unescape(name->raw, parts.name);
  else
    parts.name = name->raw;
  if (const auto first = elements.next()) {
    const auto at = static_cast<std::size_t>(first->raw.data() - data.data());
    parts.arguments = trimmed(data.substr(at, data.rfind(']') - at));
  }
  return parts;
}

std::string array_inside(std::string_view data) {
  data = trimmed(data);
  return data.size() < 2 ? std::string() : std::string(trimmed(data.substr(1, data.size() - 2)));
}

}  // namespace core::client
