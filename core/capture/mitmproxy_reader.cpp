#include "core/capture/mitmproxy_reader.hpp"

#include <algorithm>

#include "core/capture/number_times.hpp"
#include "core/capture/tnetstring.hpp"

namespace core::capture {
namespace {

constexpr int kVersionMin = 12, kVersionMax = 21;

std::optional<Instant> instant_of(const Tnetstring& value) noexcept {
  return capture::instant_of(value.number());
}

Exchange::Headers headers_of(const Tnetstring& list) {
  Exchange::Headers headers;
  list.each(
      [&](const Tnetstring& pair) { headers.emplace_back(pair.at(0).text(), pair.at(1).text()); });
  return headers;
}

/// `["10.0.0.1", 53212, ...]`.
std::string address_of(const Tnetstring& list) {
  const auto port = list.at(1).number().value_or(0);
  std::string host(list.at(0).text());
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return host + ":" + std::to_string(static_cast<int>(std::clamp(port, 0.0, 65'535.0)));
}

void read_error(const Tnetstring& error, Exchange& exchange) {
  std::string message(error["msg"].text());
  for (char& c : message)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  exchange.failure = error.is_null()                               ? Exchange::Failure::Unknown
                     : message.find("client") != std::string::npos ? Exchange::Failure::ByClient
                                                                   : Exchange::Failure::ByServer;
  exchange.answered = exchange.asked;
  exchange.ended =
      std::max(exchange.asked, instant_of(error["timestamp"]).value_or(exchange.asked));
}

void read_websocket(const Tnetstring& flow, Exchange& exchange) {
  const Tnetstring websocket = flow["websocket"];
  websocket["messages"].each([&](const Tnetstring& one) {
    const double opcode = one.at(0).number().value_or(1);
    if ((opcode != 1 && opcode != 2) || one.at(4).is_true()) return;  // Dropped: never sent on.
    exchange.messages.push_back(
        {instant_of(one.at(3)).value_or(exchange.messages.empty() ? exchange.answered
                                                                  : exchange.messages.back().at),
         one.at(1).is_true() ? Direction::ToServer : Direction::ToClient,
         opcode == 1 ? websocket::MessageType::Text : websocket::MessageType::Binary,
         std::string(one.at(2).text())});
  });
  const auto ended = instant_of(websocket["timestamp_end"]);
  const auto code = websocket["close_code"].number();
  if (!ended && !code) return;
  Exchange::Close close{
      ended.value_or(exchange.messages.empty() ? exchange.answered : exchange.messages.back().at),
      websocket["closed_by_client"].is_false() ? Direction::ToClient : Direction::ToServer,
      std::nullopt};
  if (code && *code >= 1000 && *code <= 4999 && *code != 1006)
    close.code = static_cast<std::uint16_t>(*code);
  exchange.close = close;
}

std::optional<Exchange> exchange_of(const Tnetstring& flow) {
  const Tnetstring request = flow["request"], response = flow["response"];
  const auto asked = instant_of(request["timestamp_start"]);
  if (!request.is_dictionary() || !asked || !is_engine_request(request["path"].text()))
    return std::nullopt;

  Exchange exchange;
  const Tnetstring client = flow["client_conn"];
  exchange.client = address_of(client[client["peername"].is_null() ? "address" : "peername"]);
  exchange.server = std::string(request["host"].text()) + ":" +
                    std::to_string(static_cast<int>(request["port"].number().value_or(0)));
  exchange.method = request["method"].text();
  exchange.target = request["path"].text();
  exchange.request_headers = headers_of(request["headers"]);
  exchange.request_body = request["content"].text();
  exchange.asked = *asked;
  if (!response.is_dictionary()) {
    read_error(flow["error"], exchange);
    return exchange;
  }
  exchange.status = static_cast<std::uint16_t>(
      std::clamp(response["status_code"].number().value_or(0), 100.0, 999.0));
  exchange.response_headers = headers_of(response["headers"]);
  exchange.response_body = response["content"].text();
  exchange.response_body_absent = response["content"].is_null() && exchange.status == 200;
  exchange.answered = std::max(*asked, instant_of(response["timestamp_start"]).value_or(*asked));
  exchange.ended = std::max(exchange.answered,
                            instant_of(response["timestamp_end"]).value_or(exchange.answered));
  if (exchange.status == 101) read_websocket(flow, exchange);
  return exchange;
}

}  // namespace

bool is_mitmproxy(std::string_view start) noexcept {
  const auto digits = start.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos || start[digits] != ':') return false;
  // The first key of a flow, whichever it is.
  std::string_view rest = start.substr(digits + 1);
  const auto key = Tnetstring::take(rest);
  return key && !key->text().empty();
}

tl::expected<Exchanges, std::string> read_mitmproxy(std::string_view text) {
  Exchanges result;
  for (std::string_view rest = text; !rest.empty();) {
    const auto offset = static_cast<std::uint64_t>(rest.data() - text.data());
    const auto flow = Tnetstring::take(rest);
    if (!flow || !flow->is_dictionary()) {
      result.problems.push_back(
          {offset, "the file ends inside a flow, or is damaged from here on"});
      result.broken_off = true;
      break;
    }
    const auto version = (*flow)["version"].number();
    if (!version || *version < kVersionMin || *version > kVersionMax)
      return tl::unexpected(
          "holds flows of a format of mitmproxy that is not supported" +
          (version ? ", version " + std::to_string(static_cast<int>(*version)) : std::string()) +
          "; write it again with mitmdump 7 to 12: mitmdump -n -r OLD -w NEW");
    if (auto exchange = exchange_of(*flow)) result.exchanges.push_back(std::move(*exchange));
  }
  return result;
}

}  // namespace core::capture
