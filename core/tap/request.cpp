#include "core/tap/request.hpp"

#include <xxhash.h>

#include <cstring>
#include <optional>

#include "core/address/forwarded_for.hpp"
#include "core/http/cookie.hpp"
#include "core/http/target.hpp"

namespace core::tap {
namespace {

using http::Header;

/// Parameters that say how a request travels, not who sends it.
bool is_of_transport(std::string_view parameter) noexcept {
  const std::string_view name = parameter.substr(0, parameter.find('='));
  return name == "EIO" || name == "transport" || name == "sid" || name == "t" || name == "b64" ||
         name == "j";
}

/// `https://shop.example:8443` against `shop.example:8443`. A default port may be left out of both.
/// Behind a proxy that rewrites Host the two differ too; servers that are set up so say whom they
/// allow.
bool is_cross_origin(std::string_view origin, std::string_view host) noexcept {
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && origin.substr(scheme + 3) != host;
}

HttpMethod method_of(std::string_view method) noexcept {
  if (method == "GET") return HttpMethod::Get;
  if (method == "POST") return HttpMethod::Post;
  return method == "OPTIONS" ? HttpMethod::Options : HttpMethod::Other;
}

/// The hash of the client's address. Clients of one load balancer share its connections, so each
/// request may be another's.
std::uint64_t client_of(const http::RequestHead& head, const Settings& settings,
                        const Ends& ends) noexcept {
  if (!ends.trusted) return ends.client;
  const auto named = address::forwarded_for(head.headers[Header::XForwardedFor], settings.trust);
  return named ? address_hash(*named) : ends.client;
}

std::uint64_t fingerprint_of(const http::RequestHead& head, const http::TargetView& target,
                             std::uint64_t client) {
  const auto fold = [](std::uint64_t hash, std::string_view text) {
    return XXH3_64bits_withSeed(text.data(), text.size(), hash);
  };
  std::uint64_t hash = fold(client, target.path);
  hash = fold(hash, head.headers[Header::UserAgent]);
  hash = fold(hash, head.headers[Header::Origin]);
  std::string_view query = target.query;
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(parameter.size() == query.size() ? query.size() : parameter.size() + 1);
    if (!is_of_transport(parameter)) hash = fold(hash, parameter);
  }
  return hash;
}

std::uint64_t client_key_of(const http::RequestHead& head, const http::TargetView& target,
                            const Settings& settings) {
  std::optional<std::string_view> value;
  switch (settings.client_key.source) {
    case ClientKey::Source::Cookie:
      value = http::find_cookie(head.headers[Header::Cookie], settings.client_key.name);
      break;
    case ClientKey::Source::Header:
      if (head.headers.has(Header::Extra)) value = head.headers[Header::Extra];
      break;
    case ClientKey::Source::Query:
      value = http::query_parameter(target.query, settings.client_key.name);
      break;
    case ClientKey::Source::Auth:  // Comes with the CONNECT packet.
    case ClientKey::Source::None:
      break;
  }
  if (!value || value->empty()) return 0;
  return XXH3_64bits_withSeed(value->data(), value->size(), settings.hash_key) |
         1;  // 0 says absent.
}

}  // namespace

EngineRequest read_request(const http::RequestHead& head, const Settings& settings,
                           const Ends& ends, Emitter& emit) {
  const http::TargetView target = http::split_target(head.target);
  const std::string_view below = target.path.substr(settings.http.path_prefix.size());
  if (!below.empty() && !below.starts_with('/') && settings.http.path_prefix != "/")
    return {};  // `/socket.iox` only begins alike.
  const auto transport = http::query_parameter(target.query, "transport");
  if (!transport) return {};

  EngineRequest request{.engine = true};
  if (*transport == "polling") request.transport = TransportName::Polling;
  if (*transport == "websocket") request.transport = TransportName::WebSocket;
  request.method = method_of(head.method);
  const auto eio = http::query_parameter(target.query, "EIO");
  if (eio && eio->size() == 1 && (*eio)[0] >= '1' && (*eio)[0] <= '9')
    request.eio = static_cast<std::uint8_t>((*eio)[0] - '0');

  request.jsonp = http::query_parameter(target.query, "j").has_value();
  request.octet_stream = is_octet_stream(head.headers[Header::ContentType]);

  if (ends.upstream != 0 && !emit.has_told()) {
    Event::Routed& routed = emit.add(EventKind::Routed, Direction::ToServer).routed;
    routed.upstream = ends.upstream;
    routed.instead_of = ends.instead_of;
  }
  const std::string_view sid =
      http::query_parameter(target.query, "sid").value_or(std::string_view{});
  request.asks_new = sid.empty() && request.method == HttpMethod::Get;
  Event& event = emit.add(EventKind::Request, Direction::ToServer, sid);
  event.request.fingerprint = fingerprint_of(head, target, client_of(head, settings, ends));
  event.request.client_key = client_key_of(head, target, settings);
  event.request.exchange = head.exchange;
  event.request.method = request.method;
  event.request.transport = request.transport;
  event.request.eio = request.eio;
  event.request.asks_upgrade = head.headers.has(Header::Upgrade);
  event.request.cross_origin =
      is_cross_origin(head.headers[Header::Origin], head.headers[Header::Host]);
  event.request.credentials =
      head.headers.has(Header::Cookie) || head.headers.has(Header::Authorization);
  event.request.preflight = request.method == HttpMethod::Options;
  event.request.websocket_key = head.headers.has(Header::SecWebSocketKey);
  const std::string_view t = http::query_parameter(target.query, "t").value_or(std::string_view{});
  if (t.size() <= sizeof event.request.t) {
    event.request.t_bytes = static_cast<std::uint8_t>(t.size());
    if (!t.empty()) std::memcpy(event.request.t, t.data(), t.size());
  }
  return request;
}

}  // namespace core::tap
