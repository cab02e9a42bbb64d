#pragma once

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/http/exchanges.hpp"

// Recorded-style conversations for tests: what each side said, in order, and items as text.

namespace conversation {

struct Said {
  core::Direction direction;
  std::string bytes;
};
using Conversation = std::vector<Said>;

inline Said client(std::string bytes) { return {core::Direction::ToServer, std::move(bytes)}; }
inline Said server(std::string bytes) { return {core::Direction::ToClient, std::move(bytes)}; }

/// Feeds a connection and writes down its items. Adjacent parts of one body are joined. After an
/// upgrade the bytes of both directions are written down as the new protocol's.
class Listener {
 public:
  explicit Listener(const core::http::Settings& settings) : exchanges_(settings) {}

  /// One input. Its block is freed afterwards, so that a view kept too long is an ASan report.
  void hear(core::Direction direction, std::string_view bytes) {
    std::vector<char> copy(bytes.begin(), bytes.end());
    std::span<char> input(copy);
    while (true) {
      if (switched_) {
        raw_[static_cast<std::size_t>(direction)].append(input.begin(), input.end());
        return;
      }
      const core::http::Item item = exchanges_.next(direction, input);
      if (std::holds_alternative<core::http::NeedMore>(item)) {
        left_ += input.size();
        return;
      }
      note(item);
    }
  }

  void finish(core::Direction direction) {
    hear(direction, "");
    if (switched_) return;
    const core::http::Item item = exchanges_.finish(direction);
    if (!std::holds_alternative<core::http::NeedMore>(item)) note(item);
  }

  [[nodiscard]] std::vector<std::string> items() const {
    std::vector<std::string> all = lines_;
    if (switched_) {
      all.push_back("raw > " + raw_[0]);
      all.push_back("raw < " + raw_[1]);
    }
    if (left_ != 0) all.push_back("input was left over");
    return all;
  }

  [[nodiscard]] core::http::Exchanges& exchanges() { return exchanges_; }

 private:
  static std::string headers(const core::http::HeadersView& view) {
    static constexpr std::string_view kNames[] = {
        "host", "ua",     "origin",   "cookie", "auth",       "xff",     "protocol",
        "key",  "extra",  "acao",     "acac",   "set-cookie", "upgrade", "connection",
        "type", "length", "encoding", "te",     "extensions"};
    static_assert(std::size(kNames) == core::http::kHeaderCount);
    std::string out;
    for (std::size_t i = 0; i < core::http::kHeaderCount; ++i) {
      const auto header = static_cast<core::http::Header>(i);
      if (view.has(header)) out.append(" ").append(kNames[i]).append("=").append(view[header]);
    }
    return out;
  }

  void note(const core::http::Item& item) {
    using namespace core::http;
    const auto number = [](auto value) { return std::to_string(value); };
    const auto arrow = [](core::Direction d) {
      return std::string(d == core::Direction::ToServer ? ">" : "<");
    };
    if (const auto* body = std::get_if<Body>(&item)) {
      // Noted as a whole where it ends: its parts may lie around the other side's items.
      open_body_[static_cast<std::size_t>(body->direction)] += body->bytes;
    } else if (const auto* head = std::get_if<RequestHead>(&item)) {
      add({"#", number(head->exchange), " ", head->method, " ", head->target,
           head->of_interest ? "" : " (foreign)", head->truncated ? " (truncated)" : "",
           headers(head->headers)});
    } else if (const auto* answer = std::get_if<ResponseHead>(&item)) {
      add({"#", number(answer->exchange), " ", number(answer->status),
           answer->of_interest ? "" : " (foreign)", answer->truncated ? " (truncated)" : "",
           headers(answer->headers)});
    } else if (const auto* asked = std::get_if<RequestEnd>(&item)) {
      add({"#", number(asked->exchange), " > end ", std::exchange(open_body_[0], {})});
    } else if (const auto* answered = std::get_if<ResponseEnd>(&item)) {
      add({"#", number(answered->exchange), " < end ", std::exchange(open_body_[1], {})});
    } else if (const auto* upgraded = std::get_if<Upgraded>(&item)) {
      add({"#", number(upgraded->exchange), " upgraded", upgraded->websocket ? " websocket" : "",
           upgraded->extensions.empty() ? "" : " extensions=", upgraded->extensions});
      change_over();
    } else if (const auto* tunnel = std::get_if<Tunnel>(&item)) {
      add({"#", number(tunnel->exchange), " tunnel"});
      change_over();
    } else if (const auto* leftover = std::get_if<Leftover>(&item)) {
      add({"leftover ", arrow(leftover->direction)});
    } else if (const auto* error = std::get_if<Error>(&item)) {
      for (std::string& open : open_body_)
        if (!open.empty()) add({"cut short: ", std::exchange(open, {})});
      add({"error ", number(static_cast<int>(error->code)), " ", arrow(error->direction), " at ",
           number(error->offset_bytes)});
    }
  }

  /// One line from its parts.
  void add(std::initializer_list<std::string_view> parts) {
    std::string& line = lines_.emplace_back();
    for (const std::string_view part : parts) line += part;
  }

  void change_over() {
    switched_ = true;
    const std::span<char> early = exchanges_.early_bytes();
    raw_[0].assign(early.begin(), early.end());
  }

  core::http::Exchanges exchanges_;
  std::vector<std::string> lines_;
  std::string open_body_[2];
  std::string raw_[2];
  bool switched_ = false;
  std::size_t left_ = 0;
};

/// All items of a conversation whose streams both end, the server's first.
inline std::vector<std::string> items_of(const Conversation& said,
                                         const core::http::Settings& settings) {
  Listener listener(settings);
  for (const Said& one : said) listener.hear(one.direction, one.bytes);
  listener.finish(core::Direction::ToClient);
  listener.finish(core::Direction::ToServer);
  return listener.items();
}

inline std::string upgrade_request(std::string_view target, std::string_view more = {}) {
  return "GET " + std::string(target) +
         " HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" +
         std::string(more) + "\r\n";
}

inline std::string switching(std::string_view more = {}) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
         std::string(more) + "\r\n";
}

}  // namespace conversation
