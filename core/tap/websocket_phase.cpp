#include "core/tap/websocket_phase.hpp"

#include <variant>

#include "core/limits.hpp"

namespace core::tap {
namespace {

websocket::Reader reader(Direction direction,
                         const std::optional<websocket::PerMessageDeflate>& deflate,
                         inflate::Budget* budget) noexcept {
  std::optional<websocket::DeflateParameters> parameters;
  if (deflate) parameters = (*deflate)[direction];
  return {direction, parameters, limits::kMessageBytesMax, budget};
}

/// "Message too big". Source: RFC 6455, section 7.4.1.
constexpr std::uint16_t kTooBigCode = 1009;

Event& add_large(std::string_view start, std::uint64_t bytes, websocket::MessageType type,
                 Direction direction, Emitter& emit) {
  const Excerpt excerpt =
      type == websocket::MessageType::Text ? excerpt_of(start) : Excerpt{"(binary)", false};
  Event& event = emit.add(EventKind::Large, direction, excerpt.text);
  event.large.bytes = bytes;
  event.large.truncated = excerpt.text.size() < bytes;
  return event;
}

Unobserved reason_of(websocket::ReadErrc code) noexcept {
  if (code == websocket::ReadErrc::NoMemory) return Unobserved::MemoryLimit;
  return websocket::is_ours(code) ? Unobserved::MessageDeflate : Unobserved::BrokenWebSocket;
}

}  // namespace

WebSocketPhase::WebSocketPhase(Revision revision, std::uint32_t exchange,
                               const std::optional<websocket::PerMessageDeflate>& deflate,
                               inflate::Budget* budget) noexcept
    : readers_{reader(Direction::ToServer, deflate, budget),
               reader(Direction::ToClient, deflate, budget)},
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
    const websocket::Message small = source.next_small(bytes);
    if (small.payload.data() != nullptr) [[likely]] {
      read_message(small, direction, settings, emit);
      if (bytes.empty()) return Outcome::WebSocket;
      continue;
    }
    const websocket::Item item = source.next(bytes);
    if (std::holds_alternative<websocket::NeedMore>(item)) return Outcome::WebSocket;
    if (const auto* message = std::get_if<websocket::Message>(&item)) {
      if (message->payload.size() > limits::kLargeBytes)
        add_large(message->payload, message->payload.size(), message->type, direction, emit)
            .large.whole = true;
      read_message(*message, direction, settings, emit);
    } else if (const auto* control = std::get_if<websocket::Control>(&item)) {
      if (control->type == websocket::ControlType::Close && control->close_code == kTooBigCode)
        tell_unfinished(opposite(direction), emit);
      if (control->type == websocket::ControlType::Close)
        emit.add(EventKind::WebSocketClosed, direction).close = {control->close_code};
    } else if (const auto* error = std::get_if<websocket::Error>(&item)) {
      return broken(direction, *error, emit);
    } else {
      emit.unobserved(direction, Unobserved::OversizeMessage);
    }
  }
}

void WebSocketPhase::read_message(const websocket::Message& message, Direction direction,
                                  const Settings& settings, Emitter& emit) const {
  if (message.type == websocket::MessageType::Text)
    read_text(message.payload, revision_, direction, settings, emit);
  else
    read_binary(message.payload, revision_, direction, settings, emit);
}

/// A message was refused for its size, and may not have come in whole.
void WebSocketPhase::tell_unfinished(Direction direction, Emitter& emit) const {
  const websocket::Reader::Unfinished message = readers_[index_of(direction)].unfinished();
  if (message.bytes != 0)
    add_large(message.start, message.bytes, message.type, direction, emit).large.whole = false;
}

/// The receiver closes over it, and whatever follows is read by nobody; or it is we who gave up.
WebSocketPhase::Outcome WebSocketPhase::broken(Direction direction, const websocket::Error& error,
                                               Emitter& emit) {
  if (!websocket::is_ours(error.code)) {
    Event& event = emit.add(EventKind::WebSocketError, direction);
    event.broken.offset_bytes = error.offset_bytes;
    event.broken.error = static_cast<std::uint8_t>(error.code);
  }
  emit.unobserved(direction, reason_of(error.code), error.offset_bytes,
                  static_cast<std::uint8_t>(static_cast<unsigned>(error.code) + 1));
  return Outcome::Over;
}

}  // namespace core::tap
