#include "core/client/websocket_endpoint.hpp"

#include <wslay/wslay.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <random>
#include <utility>

#include "core/client/sha1.hpp"
#include "core/engineio/base64.hpp"

namespace core::client {

/// wslay's callbacks reach it through `user_data`; it never moves.
struct WebSocketEndpoint::State {
  State(Role role, std::size_t message_bytes_max, std::uint64_t seed) : random(seed) {
    wslay_event_callbacks callbacks{};
    callbacks.recv_callback = [](wslay_event_context_ptr, std::uint8_t* buffer, std::size_t room,
                                 int, void* self) { return of(self).read(buffer, room); };
    callbacks.send_callback = [](wslay_event_context_ptr, const std::uint8_t* data,
                                 std::size_t count, int, void* self) {
      of(self).outgoing.append(reinterpret_cast<const char*>(data), count);
      return static_cast<ssize_t>(count);
    };
    callbacks.genmask_callback = [](wslay_event_context_ptr, std::uint8_t* buffer,
                                    std::size_t count, void* self) {
      std::generate_n(buffer, count, [&] { return static_cast<std::uint8_t>(of(self).random()); });
      return 0;
    };
    callbacks.on_msg_recv_callback = [](wslay_event_context_ptr,
                                        const wslay_event_on_msg_recv_arg* arg,
                                        void* self) { of(self).take(*arg); };
    const int made = role == Role::Client
                         ? wslay_event_context_client_init(&context, &callbacks, this)
                         : wslay_event_context_server_init(&context, &callbacks, this);
    assert(made == 0 && "wslay refuses only for want of memory");
    static_cast<void>(made);
    wslay_event_config_set_max_recv_msg_length(context, message_bytes_max);
  }
  ~State() { wslay_event_context_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  static State& of(void* self) { return *static_cast<State*>(self); }

  ssize_t read(std::uint8_t* buffer, std::size_t room) {
    if (incoming.empty()) {
      wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
      return -1;
    }
    const std::size_t count = std::min(room, incoming.size());
    std::memcpy(buffer, incoming.data(), count);
    incoming.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  void take(const wslay_event_on_msg_recv_arg& arg) {
    if (arg.opcode != WSLAY_TEXT_FRAME && arg.opcode != WSLAY_BINARY_FRAME) return;
    messages->push_back({arg.opcode == WSLAY_BINARY_FRAME,
                         {reinterpret_cast<const char*>(arg.msg), arg.msg_length}});
  }

  wslay_event_context_ptr context = nullptr;
  std::minstd_rand random;
  std::string_view incoming;                 ///< borrowed, during receive()
  std::vector<Message>* messages = nullptr;  ///< borrowed, during receive()
  std::string outgoing;
  bool broken = false;
};

WebSocketEndpoint::WebSocketEndpoint(Role role, std::size_t message_bytes_max, std::uint64_t seed)
    : state_(std::make_unique<State>(role, message_bytes_max, seed)) {}
WebSocketEndpoint::~WebSocketEndpoint() = default;
WebSocketEndpoint::WebSocketEndpoint(WebSocketEndpoint&&) noexcept = default;
WebSocketEndpoint& WebSocketEndpoint::operator=(WebSocketEndpoint&&) noexcept = default;

void WebSocketEndpoint::receive(std::string_view bytes, std::vector<Message>& out) {
  State& state = *state_;
  state.incoming = bytes;
  state.messages = &out;
  while (!state.incoming.empty() && wslay_event_get_read_enabled(state.context)) {
    if (wslay_event_recv(state.context) == 0) continue;
    state.broken = true;
    break;
  }
  state.incoming = {};
  state.messages = nullptr;
}

void WebSocketEndpoint::send(const Message& message) {
  const wslay_event_msg queued{
      static_cast<std::uint8_t>(message.binary ? WSLAY_BINARY_FRAME : WSLAY_TEXT_FRAME),
      reinterpret_cast<const std::uint8_t*>(message.data.data()), message.data.size()};
  wslay_event_queue_msg(state_->context, &queued);  // Refused after a Close, as the header says.
}

void WebSocketEndpoint::close(std::uint16_t code) {
  // wslay lets control frames overtake messages: those go into `outgoing` first.
  if (wslay_event_send(state_->context) != 0) state_->broken = true;
  wslay_event_queue_close(state_->context, code == 1005 ? std::uint16_t{0} : code, nullptr, 0);
}

std::string WebSocketEndpoint::take_bytes() {
  if (wslay_event_send(state_->context) != 0) state_->broken = true;
  return std::exchange(state_->outgoing, {});
}

bool WebSocketEndpoint::ended() const noexcept {
  return state_->broken || wslay_event_get_close_received(state_->context) ||
         !wslay_event_get_read_enabled(state_->context);
}

std::string accept_key(std::string_view key) {
  std::string text(key);
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const auto digest = sha1(text);
  std::string accept;
  engineio::encode_base64({reinterpret_cast<const char*>(digest.data()), digest.size()}, accept);
  return accept;
}

}  // namespace core::client
