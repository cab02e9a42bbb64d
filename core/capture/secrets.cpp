#include "core/capture/secrets.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

namespace core::capture {
namespace {

template <class Find>
void hide_what(Find find, const disguise::Keystream& keystream, std::string& text) {
  std::vector<disguise::Secret> secrets;
  find(text, secrets);
  disguise::hide(secrets, keystream, text);
}

void hide_headers(Exchange::Headers& headers, const disguise::Keystream& keystream) {
  for (auto& [name, value] : headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    hide_what([&](std::string_view text,
                  auto& secrets) { disguise::find_in_header(lower, text, secrets); },
              keystream, value);
  }
}

}  // namespace

void hide_secrets(Exchange& exchange, const disguise::Keystream& keystream) {
  hide_headers(exchange.request_headers, keystream);
  hide_headers(exchange.response_headers, keystream);
  hide_what(disguise::find_in_target, keystream, exchange.target);
  hide_what(disguise::find_in_payload, keystream, exchange.request_body);
  for (Exchange::Message& message : exchange.messages)
    if (message.direction == Direction::ToServer)
      static_cast<void>(disguise::hide_in_message(message.type == websocket::MessageType::Binary,
                                                  keystream, message.data));
}

}  // namespace core::capture
