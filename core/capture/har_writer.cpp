#include "core/capture/har_writer.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "core/capture/time_text.hpp"
#include "core/engineio/base64.hpp"
#include "core/http/target.hpp"
#include "core/json/document.hpp"
#include "core/websocket/utf8.hpp"

namespace core::capture {
namespace {

/// Text as JSON; what is no UTF-8 becomes U+FFFD.
void add_text(std::string_view text, std::string& out) {
  if (websocket::valid_utf8(text)) return json::quote(text, out);
  std::string ascii;
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x80)
      ascii += c;
    else
      ascii += "\xef\xbf\xbd";
  json::quote(ascii, out);
}

void add_member(std::string_view name, std::string_view text, std::string& out) {
  out.append("\"").append(name).append("\":");
  add_text(text, out);
}

/// `1767268800.123456`.
void add_seconds(Instant at, std::string& out) {
  const auto us = std::chrono::floor<std::chrono::microseconds>(at.time_since_epoch()).count();
  char text[40];
  std::snprintf(text, sizeof text, "%lld.%06lld", static_cast<long long>(us / 1'000'000),
                static_cast<long long>(us % 1'000'000));
  out += text;
}

/// `12.345`; what ended before it began took no time.
void add_milliseconds(Duration time, std::string& out) {
  const auto us =
      std::chrono::floor<std::chrono::microseconds>(std::max(time, Duration(0))).count();
  char text[40];
  std::snprintf(text, sizeof text, "%lld.%03lld", static_cast<long long>(us / 1'000),
                static_cast<long long>(us % 1'000));
  out += text;
}

void add_headers(const Exchange::Headers& headers, std::string& out) {
  out += "\"headers\":[";
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (i != 0) out += ',';
    out += '{';
    add_member("name", headers[i].first, out);
    out += ',';
    add_member("value", headers[i].second, out);
    out += '}';
  }
  out += ']';
}

std::string_view value_of(const Exchange::Headers& headers, std::string_view name) noexcept {
  for (const auto& [each, value] : headers)
    if (each == name) return value;
  return {};
}

/// `"text":"..."`, with `"encoding":"base64"` for what is no text.
void add_body(std::string_view body, std::string& out) {
  if (websocket::valid_utf8(body)) return add_member("text", body, out);
  std::string base64;
  engineio::encode_base64(body, base64);
  add_member("text", base64, out);
  out += ",\"encoding\":\"base64\"";
}

void add_request(const Exchange& exchange, bool websocket, std::string& out) {
  out += "\"request\":{";
  add_member("method", exchange.method, out);
  out += ',';
  add_member("url", (websocket ? "ws://" : "http://") + exchange.server + exchange.target, out);
  out += ",\"httpVersion\":\"HTTP/1.1\",\"cookies\":[],\"queryString\":[],";
  add_headers(exchange.request_headers, out);
  if (!exchange.request_body.empty()) {
    out += ",\"postData\":{";
    add_member("mimeType", value_of(exchange.request_headers, "Content-Type"), out);
    out += ',';
    add_body(exchange.request_body, out);
    out += '}';
  }
  out.append(",\"headersSize\":-1,\"bodySize\":")
      .append(std::to_string(exchange.request_body.size())) += '}';
}

std::string_view error_of(Exchange::Failure failure) noexcept {
  switch (failure) {
    case Exchange::Failure::ByClient:
      return "net::ERR_ABORTED";
    case Exchange::Failure::ByServer:
      return "net::ERR_CONNECTION_RESET";
    case Exchange::Failure::None:
    case Exchange::Failure::Unknown:
      break;
  }
  return {};
}

void add_response(const Exchange& exchange, std::string& out) {
  const bool is_there = exchange.failure == Exchange::Failure::None;
  out.append("\"response\":{\"status\":")
      .append(is_there ? std::to_string(exchange.status) : "0")
      .append(",\"statusText\":\"\",\"httpVersion\":\"HTTP/1.1\",\"cookies\":[],");
  add_headers(exchange.response_headers, out);
  out.append(",\"content\":{\"size\":")
      .append(std::to_string(exchange.response_body.size()))
      .append(",");
  add_member("mimeType", value_of(exchange.response_headers, "Content-Type"), out);
  if (is_there && exchange.status != 101 && !exchange.response_body_absent) {
    out += ',';
    add_body(exchange.response_body, out);
  }
  out += "},\"redirectURL\":\"\",\"headersSize\":-1,\"bodySize\":-1";
  if (const std::string_view error = error_of(exchange.failure); !error.empty()) {
    out += ',';
    add_member("_error", error, out);
  }
  out += '}';
}

void add_messages(const Exchange& exchange, std::string& out) {
  out += ",\"_webSocketMessages\":[";
  bool first = true;
  for (const Exchange::Message& message : exchange.messages) {
    if (!std::exchange(first, false)) out += ',';
    const bool text = message.type == websocket::MessageType::Text;
    out.append("{\"type\":\"")
        .append(message.direction == Direction::ToServer ? "send" : "receive")
        .append("\",\"time\":");
    add_seconds(message.at, out);
    out.append(text ? ",\"opcode\":1," : ",\"opcode\":2,");
    std::string data = message.data;
    if (!text) {
      data.clear();
      engineio::encode_base64(message.data, data);
    }
    add_member("data", data, out);
    out += '}';
  }
  out += ']';
}

void add_close(const Exchange::Close& close, std::string& out) {
  out.append(",\"_webSocketClose\":{\"code\":")
      .append(std::to_string(close.code.value_or(1006)))
      .append(",\"reason\":\"\",\"timestamp\":");
  add_seconds(close.at, out);
  out.append(",\"_sioBy\":\"")
      .append(close.by == Direction::ToServer ? "client" : "server")
      .append("\"}");
}

}  // namespace

void HarWriter::begin(std::string& out) const {
  out +=
      "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"sioscope\",\"version\":\"1\"},"
      "\"pages\":[],"
      "\"entries\":[\n";
}

void HarWriter::add(const Exchange& exchange, std::string& out) {
  const bool websocket = exchange.failure == Exchange::Failure::None && exchange.status == 101;
  Instant ended = exchange.ended;
  if (websocket && !exchange.messages.empty()) ended = std::max(ended, exchange.messages.back().at);
  if (websocket && exchange.close) ended = std::max(ended, exchange.close->at);

  if (!std::exchange(first_, false)) out += ",\n";
  out += '{';
  add_member("startedDateTime", text_of(exchange.asked), out);
  out += ",\"time\":";
  add_milliseconds(ended - exchange.asked, out);
  out += ",\"timings\":{\"blocked\":0,\"dns\":-1,\"connect\":-1,\"ssl\":-1,\"send\":0,\"wait\":";
  add_milliseconds(exchange.answered - exchange.asked, out);
  out += ",\"receive\":";
  add_milliseconds(ended - exchange.answered, out);
  out += "},\"cache\":{},";
  add_member("_resourceType", websocket ? "websocket" : "xhr", out);
  out += ',';
  add_member("_sioClient", exchange.client, out);
  out += ',';
  add_request(exchange, websocket, out);
  out += ',';
  add_response(exchange, out);
  if (websocket) add_messages(exchange, out);
  if (websocket && exchange.close) add_close(*exchange.close, out);
  out += '}';
}

void HarWriter::end(std::uint64_t holes, std::string& out) const {
  out += "\n]";
  if (holes != 0) out.append(",\"_sioHoles\":").append(std::to_string(holes));
  out += "}}\n";
}

}  // namespace core::capture
