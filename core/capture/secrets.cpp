#include "core/capture/secrets.hpp"

#include <cstdio>
#include <string>
#include <string_view>

#include "core/engineio/payload.hpp"
#include "core/http/target.hpp"
#include "core/json/json.hpp"
#include "core/msgpack/document.hpp"
#include "core/tap/hashes.hpp"

namespace core::capture {
namespace {

/// `~1a2b3c4d`, as reports write it.
std::string pseudonym(std::string_view secret, std::uint64_t key) {
  char text[16];
  std::snprintf(text, sizeof text, "~%08x", static_cast<unsigned>(tap::hash_of(secret, key) >> 32));
  return text;
}

/// `uid=secret; theme=dark`.
std::string hide_cookies(std::string_view cookies, std::uint64_t key) {
  std::string out;
  while (!cookies.empty()) {
    const std::string_view one = cookies.substr(0, cookies.find(';'));
    cookies.remove_prefix(std::min(one.size() + 1, cookies.size()));
    const auto equals = one.find('=');
    out += one.substr(0, equals == std::string_view::npos ? 0 : equals + 1);
    out += pseudonym(one.substr(equals == std::string_view::npos ? 0 : equals + 1), key);
    if (!cookies.empty()) out += ';';
  }
  return out;
}

/// `Bearer secret`: the scheme is none.
std::string hide_authorization(std::string_view value, std::uint64_t key) {
  const auto blank = value.find(' ');
  const std::size_t scheme_bytes = blank == std::string_view::npos ? 0 : blank + 1;
  return std::string(value.substr(0, scheme_bytes)) + pseudonym(value.substr(scheme_bytes), key);
}

void hide_headers(Exchange::Headers& headers, std::uint64_t key) {
  for (auto& [name, value] : headers) {
    std::string plain = name;
    for (char& c : plain) c = static_cast<char>(c | 0x20);
    if (plain == "cookie")
      value = hide_cookies(value, key);
    else if (plain == "authorization" || plain == "proxy-authorization")
      value = hide_authorization(value, key);
    else if (plain == "set-cookie")
      value = pseudonym(value, key);
  }
}

bool is_known_member(std::string_view name) noexcept {
  return json::string_equals(name, "pid") || json::string_equals(name, "offset");
}

/// `40/chat,{"token":"secret"}`: a CONNECT, and only that, is written anew.
std::string hide_connect(std::string_view packet, std::uint64_t key) {
  const auto brace = packet.find('{');
  if (!packet.starts_with("40") || brace == std::string_view::npos) return std::string(packet);
  const std::string_view payload = packet.substr(brace);
  const auto shape = json::inspect(payload);
  std::string out(packet.substr(0, brace));
  out += '{';
  if (shape && shape->kind == json::Kind::Object) {
    json::MemberReader members(payload);
    bool first = true;
    while (const auto member = members.next()) {
      if (!std::exchange(first, false)) out += ',';
      out.append(member->key) += ':';
      if (is_known_member(member->key))
        out += member->value.raw;
      else
        out.append("\"").append(pseudonym(member->value.raw, key)) += '"';
    }
  }
  return out += '}';
}

std::string hide_payload(std::string_view body, std::uint64_t key) {
  std::string out;
  engineio::PayloadReader packets(body);
  bool first = true;
  while (const auto packet = packets.next()) {
    if (!std::exchange(first, false)) out += engineio::kPacketSeparator;
    out += hide_connect(*packet, key);
  }
  return out;
}

/// Every text in it is overwritten, letter for letter, so that its form stays.
void hide_texts(const msgpack::Document& document, const msgpack::Document::Node& node,
                std::uint64_t key, std::string& bytes) {
  if (node.token.kind == msgpack::Kind::String || node.token.kind == msgpack::Kind::Binary) {
    const std::size_t size =
        std::min<std::size_t>(node.token.size, bytes.size() - node.token.content);
    const std::string name =
        pseudonym(std::string_view(bytes).substr(node.token.content, size), key);
    for (std::size_t i = 0; i < size; ++i) bytes[node.token.content + i] = name[i % name.size()];
  }
  for (const auto& edge : node.edges)
    if (edge.key != "pid" && edge.key != "offset")
      hide_texts(document, document.node(edge.node), key, bytes);
}

/// A CONNECT of socket.io-msgpack-parser: `{type: 0, data: {...}, nsp: "/"}`.
void hide_msgpack_connect(std::string& bytes, std::uint64_t key) {
  constexpr std::size_t kValuesMax = 10'000;
  const std::string original = bytes;
  const auto document = msgpack::Document::read(original, kValuesMax);
  if (!document) return;
  const auto* const type = document->find(document->root(), "type");
  const auto* const data = document->find(document->root(), "data");
  const bool connects = type != nullptr && type->token.kind == msgpack::Kind::Number &&
                        type->raw == std::string_view("\0", 1);
  if (connects && data != nullptr) hide_texts(*document, *data, key, bytes);
}

}  // namespace

void hide_secrets(Exchange& exchange, std::uint64_t key) {
  hide_headers(exchange.request_headers, key);
  hide_headers(exchange.response_headers, key);
  const auto query = http::split_target(exchange.target).query;
  if (http::query_parameter(query, "j") && exchange.method == "POST") {
    exchange.request_body.clear();
    exchange.request_body_absent = true;
  } else if (http::query_parameter(query, "EIO") != "3") {  // In version 3 there is no `auth`.
    exchange.request_body = hide_payload(exchange.request_body, key);
  }
  for (Exchange::Message& message : exchange.messages) {
    if (message.direction != Direction::ToServer) continue;
    if (message.type == websocket::MessageType::Text)
      message.data = hide_connect(message.data, key);
    else
      hide_msgpack_connect(message.data, key);
  }
}

}  // namespace core::capture
