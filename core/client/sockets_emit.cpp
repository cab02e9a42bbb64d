// What of Sockets goes out: emissions and acknowledgements.
#include <algorithm>
#include <iterator>
#include <utility>

#include "core/client/sockets.hpp"
#include "core/json/json.hpp"
#include "core/socketio/placeholders.hpp"

namespace core::client {

using socketio::PacketType;

std::optional<EmitErrc> Sockets::refuse(const Emission& emission) const {
  if (socketio::is_reserved_event(json_string(emission.name))) return EmitErrc::ReservedName;
  const std::string data = '[' + emission.arguments + ']';
  if (!json::inspect(data)) return EmitErrc::NotJson;
  const auto count = static_cast<std::uint32_t>(emission.attachments.size());
  if (count > format_.limits.attachments_max ||
      (count > 0 && !socketio::placeholders_fit(data, count)))
    return EmitErrc::Attachments;
  return std::nullopt;
}

bool Sockets::fits(const std::vector<Message>& messages) const noexcept {
  return std::all_of(messages.begin(), messages.end(), [this](const Message& message) {
    return message.data.size() <= (message.binary ? binary_bytes_max_ : text_bytes_max_);
  });
}

tl::expected<Receipt, EmitErrc> Sockets::emit(Emission emission, Instant now,
                                              std::vector<Message>& out) {
  const Entry entry = sockets_.find(emission.ns);
  if (entry == sockets_.end() || entry->second.standing != Standing::Wanted)
    return tl::unexpected(EmitErrc::NoNamespace);
  if (const auto code = refuse(emission)) return tl::unexpected(*code);
  Socket& socket = entry->second;
  const bool online = !socket.sid.empty();
  if (!online && offline_.policy == OfflinePolicy::Error)
    return tl::unexpected(EmitErrc::NotConnected);
  if (!online && offline_.policy == OfflinePolicy::Buffer &&
      outbox_.size() >= offline_.emissions_max)
    return tl::unexpected(EmitErrc::BufferFull);
  if (!online && offline_.policy == OfflinePolicy::Drop)
    return Receipt{static_cast<EmissionNumber>(++emissions_), Fate::Dropped, {}};

  Packet packet{PacketType::Event,
                emission.ns,
                {},
                event_data(emission.name, emission.arguments),
                std::move(emission.attachments)};
  if (emission.ask == Ask::Ack)
    packet.id = socket.waiting.ask(emission.ack_timeout ? std::optional(now + *emission.ack_timeout)
                                                        : std::nullopt);
  if (online) {
    auto messages = encode(packet, format_.parser);
    if (!fits(messages)) {
      if (packet.id) socket.waiting.settle(*packet.id);
      return tl::unexpected(EmitErrc::TooLarge);
    }
    std::move(messages.begin(), messages.end(), std::back_inserter(out));
  }
  const Receipt receipt{static_cast<EmissionNumber>(++emissions_),
                        online ? Fate::Sent : Fate::Buffered, packet.id};
  if (!online) outbox_.add(receipt.number, std::move(packet));
  return receipt;
}

void Sockets::acknowledge(const std::string& ns, std::uint64_t id, std::string_view arguments,
                          std::vector<std::string> attachments, std::vector<Message>& out) {
  const Entry entry = sockets_.find(ns);
  if (entry == sockets_.end() || entry->second.sid.empty() || !entry->second.owed.pay(id)) return;
  encode({PacketType::Ack, ns, id, '[' + std::string(arguments) + ']', std::move(attachments)},
         format_.parser, out);
}

}  // namespace core::client
