#include "core/tap/websocket_phase.hpp"

#include <variant>

#include "core/limits.hpp"

namespace core::tap {
namespace {

websocket::Reader reader(Direction direction,
                         const std::optional<websocket::PerMessageDeflate>& deflate) noexcept {
  std::optional<websocket::DeflateParameters> parameters;
  if (deflate) parameters = (*deflate)[direction];
  return {direction, parameters, limits::kMessageBytesMax};
}

}  // namespace

WebSocketPhase::WebSocketPhase(Revision revision, std::uint32_t exchange,
                               const std::optional<websocket::PerMessageDeflate>& deflate) noexcept
    : readers_{reader(Direction::ToServer, deflate), reader(Direction::ToClient, deflate)},
      exchange_(exchange),
      revision_(revision) {}

WebSocketPhase::Outcome WebSocketPhase::receive(Direction direction, std::span<char> bytes,
                                                const Settings& settings, Emitter& emit) {
  websocket::Reader& source = readers_[index_of(direction)];
  if (direction == Direction::ToClient && source.offset_bytes() == 0) {
    const RawRefusal::Verdict verdict = refusal_.receive(bytes);
    if (verdict == RawRefusal::Verdict::Undecided) return Outcome::WebSocket;
    if (verdict == RawRefusal::Verdict::Refused) {
      Event& event = emit.add(EventKind::Response, Direction::ToClient);
      event.response.exchange = exchange_;
      event.response.status = refusal_.status();
      event.response.engine_error = -1;
      return Outcome::Over;
    }
    if (!refusal_.held().empty()) bytes = refusal_.held();  // What the reader refuses at once.
  }
  while (true) {
    const websocket::Item item = source.next(bytes);
    if (std::holds_alternative<websocket::NeedMore>(item)) return Outcome::WebSocket;
    if (const auto* message = std::get_if<websocket::Message>(&item)) {
      if (message->type == websocket::MessageType::Text)
        read_text(message->payload, revision_, direction, settings, emit);
      else
        read_binary(message->payload, revision_, direction, settings, emit);
    } else if (const auto* control = std::get_if<websocket::Control>(&item)) {
      if (control->type == websocket::ControlType::Close)
        emit.add(EventKind::WebSocketClosed, direction).close = {control->close_code};
    } else if (const auto* error = std::get_if<websocket::Error>(&item)) {
      return broken(direction, *error, emit);
    } else {
      emit.unobserved(direction, Unobserved::OversizeMessage);
    }
  }
}

/// The receiver closes over it, and whatever follows is read by nobody; or it is we who gave up.
WebSocketPhase::Outcome WebSocketPhase::broken(Direction direction, const websocket::Error& error,
                                               Emitter& emit) {
  const bool is_ours = websocket::is_ours(error.code);
  if (!is_ours) {
    Event& event = emit.add(EventKind::WebSocketError, direction);
    event.broken.offset_bytes = error.offset_bytes;
    event.broken.error = static_cast<std::uint8_t>(error.code);
  }
  emit.unobserved(direction, is_ours ? Unobserved::MessageDeflate : Unobserved::BrokenWebSocket,
                  error.offset_bytes,
                  static_cast<std::uint8_t>(static_cast<unsigned>(error.code) + 1));
  return Outcome::Over;
}

}  // namespace core::tap
