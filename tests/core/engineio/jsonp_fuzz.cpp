// Law: however a JSONP body is cut into chunks, the unwrappers give the text and the end of the
// body in one piece, PayloadDecoder the packets, and then those of the next body; and a text that
// is wrapped is unwrapped as it was. The first byte of the input says how long the chunks are.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/engineio/jsonp.hpp"
#include "core/engineio/payload_decoder.hpp"

namespace {

namespace engineio = core::engineio;
using engineio::JsonpEnd;

using Unwrapped = std::pair<JsonpEnd, std::string>;

template <class Unwrapper>
Unwrapped unwrap(Unwrapper& jsonp, std::string_view body, std::size_t chunk_bytes) {
  std::string text;
  for (; !body.empty(); body.remove_prefix(std::min(chunk_bytes, body.size())))
    text += jsonp.receive(body.substr(0, chunk_bytes));
  text += jsonp.last_text();
  const bool was_malformed = jsonp.malformed();
  const JsonpEnd end = jsonp.finish();
  if (was_malformed && end != JsonpEnd::Malformed) std::abort();
  return {end, std::move(text)};
}

/// Packets in order; an error is "!" and a number, which no packet starts with.
std::vector<std::string> packets_of(engineio::PayloadDecoder& decoder, std::string_view body,
                                    std::size_t chunk_bytes) {
  std::vector<std::string> packets;
  const auto drain = [&] {
    while (const auto piece = decoder.next())
      packets.push_back(*piece ? std::string((*piece)->bytes)
                               : "!" + std::to_string(static_cast<int>(piece->error())));
  };
  for (; !body.empty(); body.remove_prefix(std::min(chunk_bytes, body.size()))) {
    decoder.receive(body.substr(0, chunk_bytes));
    drain();
  }
  decoder.finish();
  drain();
  return packets;
}

template <class Unwrapper>
void check_cuts(std::string_view body, std::size_t chunk_bytes) {
  Unwrapper jsonp;
  const Unwrapped whole = unwrap(jsonp, body, body.size());
  if (whole != unwrap(jsonp, body, chunk_bytes)) std::abort();
}

void check_packets(engineio::PayloadWrapping wrapping, std::string_view body,
                   std::string_view healthy, std::size_t chunk_bytes) {
  engineio::PayloadDecoder decoder(engineio::PayloadKind::V3Text, wrapping, 3 * body.size() + 8);
  const std::vector<std::string> whole = packets_of(decoder, body, body.size());
  if (whole != packets_of(decoder, body, chunk_bytes)) std::abort();
  if (packets_of(decoder, healthy, 1) != std::vector<std::string>{"4a"}) std::abort();
}

/// As a server writes it, with more escapes than there need be: every byte that is ASCII.
std::string as_response(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string body = "___eio[0](\"";
  for (const char byte : text) {
    const auto number = static_cast<unsigned char>(byte);
    if (number >= 0x80)
      body += byte;
    else
      (body += "\\u00") += {kHex[number >> 4U], kHex[number & 15U]};
  }
  return body + "\");";
}

/// As a client writes it: one more backslash before `\n`, `\n` for a line feed; and bytes escaped.
std::string as_form(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string body = "d=";
  const auto put = [&](char byte) {
    const auto number = static_cast<unsigned char>(byte);
    (body += '%') += {kHex[number >> 4U], kHex[number & 15U]};
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\\n") put('\\');
    if (text[i] == '\n') put('\\');
    put(text[i] == '\n' ? 'n' : text[i]);
  }
  return body;
}

void check_round_trips(std::string_view text, std::size_t chunk_bytes) {
  const Unwrapped expected{JsonpEnd::Complete, std::string(text)};
  engineio::JsonpResponse response;
  if (unwrap(response, as_response(text), chunk_bytes) != expected) std::abort();
  // The rule of the form is not one to one: a backslash before a line feed is taken for a `\n`.
  if (text.find("\\\n") != std::string_view::npos) return;
  engineio::JsonpForm form;
  if (unwrap(form, as_form(text), chunk_bytes) != expected) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t chunk_bytes = std::size_t{data[0] & 15U} + 1;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  check_cuts<engineio::JsonpResponse>(body, chunk_bytes);
  check_cuts<engineio::JsonpForm>(body, chunk_bytes);
  check_packets(engineio::PayloadWrapping::JsonpResponse, body, "___eio[0](\"2:4a\");",
                chunk_bytes);
  check_packets(engineio::PayloadWrapping::JsonpForm, body, "d=2:4a", chunk_bytes);
  check_round_trips(body, chunk_bytes);
  return 0;
}
