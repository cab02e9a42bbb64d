#include "core/client/websocket_transport.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "core/engineio/base64.hpp"

namespace core::client {

WebSocketTransport::WebSocketTransport(const Requests& requests, const Limits& limits, LinkId link,
                                       std::uint64_t seed, Actions& out)
    : link_(link),
      reader_(HttpReader::Reads::Responses, limits.payload_bytes_max),
      endpoint_(WebSocketEndpoint::Role::Client, limits.message_bytes_max, seed) {
  std::mt19937_64 random(seed);
  std::string nonce(16, '\0');
  std::generate(nonce.begin(), nonce.end(), [&] { return static_cast<char>(random()); });
  engineio::encode_base64(nonce, key_);
  request_ = requests.head("GET", "websocket") +
             "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: " +
             key_ + "\r\n\r\n";
  out.push_back(OpenLink{link});
}

void WebSocketTransport::opened(Actions& out) {
  out.push_back(SendBytes{link_, std::move(request_)});
}

void WebSocketTransport::receive(std::string_view bytes, Actions& out, std::vector<Message>& in) {
  if (state_ == State::Ended) return;
  std::string rest;
  if (state_ == State::Connecting) {
    reader_.receive(bytes);
    take_answer(bytes, out);
    if (state_ != State::Open) return;
    rest = reader_.take_rest();
    bytes = rest;
  }
  endpoint_.receive(bytes, in);
  if (endpoint_.ended()) return end("the server closed the WebSocket", out);
  flush(out);
}

/// The response to the request: 101 with the right key, or the end.
void WebSocketTransport::take_answer(std::string_view bytes, Actions& out) {
  const auto response = reader_.next();
  if (!response) {
    answer_ = Answer{.start = std::string(bytes.substr(0, Answer::kStartBytes))};
    return end("the server sent no HTTP, or too much of it", out);
  }
  if (!*response) return;
  if ((*response)->status != 101) {
    answer_ = answer_of(**response);
    return end("the server refused the WebSocket", out);
  }
  if ((*response)->header("sec-websocket-accept") != accept_key(key_))
    return end("the server's 101 answers another request", out);
  state_ = State::Open;
}

void WebSocketTransport::closed() {
  reason_ = "the connection broke off";
  if (state_ == State::Connecting) {
    reader_.finish();  // A refusal may end with its connection.
    if (const auto response = reader_.next(); response && *response) {
      reason_ = "the server refused the WebSocket";
      answer_ = answer_of(**response);
    }
  }
  state_ = State::Ended;
}

void WebSocketTransport::send(const Message& message, Actions& out) {
  if (state_ != State::Open) return;
  endpoint_.send(message);
  flush(out);
}

void WebSocketTransport::close(Actions& out) {
  if (state_ == State::Ended) return;
  if (state_ == State::Open) endpoint_.close();
  end("closed", out);
}

void WebSocketTransport::end(std::string_view reason, Actions& out) {
  if (state_ == State::Open) flush(out);
  out.push_back(CloseLink{link_});
  state_ = State::Ended;
  reason_ = reason;
}

void WebSocketTransport::flush(Actions& out) {
  std::string bytes = endpoint_.take_bytes();
  if (!bytes.empty()) out.push_back(SendBytes{link_, std::move(bytes)});
}

}  // namespace core::client
