#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/client/client.hpp"

namespace core::test {

using namespace std::chrono_literals;

/// A client over one WebSocket after another, and a server that says what a test tells it to, right
/// or wrong. Nothing takes time but pass().
class Script {
 public:
  explicit Script(client::Options options = {}) : client(prepared(std::move(options)), 5) {}

  static constexpr std::string_view kHandshake =
      R"(0{"sid":"engine","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":1000})";

  /// Gives the client a command, and does what comes of it.
  template <class Step>
  std::invoke_result_t<Step, client::Client&, client::Output&> act(Step step) {
    client::Output out;
    if constexpr (std::is_void_v<decltype(step(client, out))>) {
      step(client, out);
      carry_out(out);
    } else {
      auto result = step(client, out);
      carry_out(out);
      return result;
    }
  }

  // --- The server ---

  /// Lets the client connect, and answers up to the handshake.
  void open(std::string_view handshake = kHandshake) {
    if (!link_) act([this](auto& it, auto& out) { it.connect(now, out); });
    accept();
    say(handshake);
  }
  /// ... and up to a connected `/`.
  void connect(std::string_view answer = R"(40{"sid":"socket"})") {
    open();
    say(answer);
  }
  void say(std::string_view text) { send({false, std::string(text)}); }
  void say_bytes(std::string_view bytes) { send({true, std::string(bytes)}); }
  /// What the client said since the last time, pongs left out.
  std::vector<std::string> heard() { return std::exchange(heard_, {}); }
  /// The head of the client's last request.
  [[nodiscard]] const std::string& request() const noexcept { return request_; }
  /// The link breaks.
  void cut() {
    const auto link = std::exchange(link_, {});
    links_ = 0;
    if (link) act([&](auto& it, auto& out) { it.closed(*link, now, out); });
  }
  /// Whether the client holds a link.
  [[nodiscard]] bool linked() const noexcept { return link_.has_value(); }
  /// How many links the client holds at once, at most, until now.
  [[nodiscard]] std::size_t most_links() const noexcept { return most_links_; }

  // --- The application ---

  auto emit(client::Emission emission) {
    return act([&](auto& it, auto& out) { return it.emit(std::move(emission), now, out); });
  }
  /// Time passes, all that is due in its order.
  void pass(Duration span) {
    const Instant end = now + span;
    while (const auto due = client.deadline()) {
      if (*due > end) break;
      now = std::max(now, *due);
      act([this](auto& it, auto& out) { it.advance(now, out); });
    }
    now = end;
  }
  /// The happenings of one kind, so far.
  template <class Kind>
  [[nodiscard]] std::vector<Kind> all() const {
    std::vector<Kind> found;
    for (const auto& happening : happened)
      if (const auto* it = std::get_if<Kind>(&happening)) found.push_back(*it);
    return found;
  }

  Instant now{Duration(1s)};
  client::Client client;
  std::vector<client::Happening> happened;

 private:
  static client::Options prepared(client::Options options) {
    options.engine.target.host = "test";
    options.engine.transports = client::Transports::WebSocket;
    options.back_off = {.min = 100ms, .max = 500ms};
    return options;
  }

  void accept() {
    act([this](auto& it, auto& out) { it.opened(*link_, now, out); });
    const auto at = request_.find("Sec-WebSocket-Key: ") + 19;
    const std::string key = request_.substr(at, request_.find('\r', at) - at);
    endpoint_.emplace(client::WebSocketEndpoint::Role::Server, 1 << 20, 0);
    receive(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        client::accept_key(key) + "\r\n\r\n");
  }
  void send(const client::Message& message) {
    if (!endpoint_) return;
    endpoint_->send(message);
    receive(endpoint_->take_bytes());
  }
  void receive(std::string_view bytes) {
    if (!link_) return;
    const client::LinkId link = *link_;
    act([&](auto& it, auto& out) { it.receive(link, bytes, now, out); });
  }
  void carry_out(client::Output& out) {
    for (auto& happening : out.happenings) happened.push_back(std::move(happening));
    for (const auto& action : out.actions) {
      if (const auto* open = std::get_if<client::OpenLink>(&action)) {
        links_ += 1;
        most_links_ = std::max(most_links_, links_);
        link_ = open->link;
        endpoint_.reset();
      } else if (const auto* bytes = std::get_if<client::SendBytes>(&action)) {
        hear(bytes->bytes);
      } else {
        links_ -= 1;
        link_.reset();
      }
    }
  }
  void hear(const std::string& bytes) {
    if (!endpoint_) {
      request_ = bytes;
      return;
    }
    std::vector<client::Message> messages;
    endpoint_->receive(bytes, messages);
    for (client::Message& message : messages)
      if (message.data != "3") heard_.push_back(std::move(message.data));
  }

  std::optional<client::LinkId> link_;
  std::optional<client::WebSocketEndpoint> endpoint_;
  std::string request_;
  std::vector<std::string> heard_;
  std::size_t links_ = 0;
  std::size_t most_links_ = 0;
};

}  // namespace core::test
