#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "core/client/message.hpp"
#include "core/client/parser.hpp"
#include "core/client/socketio_packet.hpp"
#include "core/socketio/reconstructor.hpp"

namespace core::client {

/// The engine messages that carry a packet, without the Engine.IO digit of the text: `2["news",1]`,
/// then its attachments; or, with msgpack, one message.
[[nodiscard]] std::vector<Message> encode(const Packet& packet, Parser parser = Parser::Json);

/// The same, added to `out`.
void encode(const Packet& packet, Parser parser, std::vector<Message>& out);

/// Engine messages of one session in, whole packets out. Text is what followed the Engine.IO `4`.
class PacketReader {
 public:
  explicit PacketReader(Format format = {}) : format_(format) {}

  /// A packet; nothing while attachments are missing; or the reason (static text) for which the
  /// official parser throws, after which a peer must close the session: a reader left behind never
  /// recovers.
  [[nodiscard]] tl::expected<std::optional<Packet>, std::string_view> receive(Message message);
  /// Forgets what it was waiting for: another session begins.
  void reset();

 private:
  using Result = tl::expected<std::optional<Packet>, std::string_view>;
  [[nodiscard]] Result receive_text(const Message& message);
  [[nodiscard]] Result receive_attachment(Message message);

  Format format_;
  socketio::Reconstructor reconstructor_;
  Packet waiting_;  ///< its attachments are still coming
};

}  // namespace core::client
