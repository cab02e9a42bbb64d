// Requests and their answers: what begins a session, and what its polling is made of.

#include <algorithm>
#include <cctype>
#include <utility>

#include "core/client/payload.hpp"
#include "core/server/engine_server.hpp"

namespace core::server {
namespace {

using client::CloseLink;
using client::EnginePacket;
using client::SendBytes;
using client::WebSocketEndpoint;
using engineio::PacketType;

/// Bytes that a peer may send ahead of the answers it waits for.
constexpr std::size_t kPipelinedBytesMax = std::size_t{2} << 20;

bool names_websocket(std::string_view value) {
  constexpr std::string_view kName = "websocket";
  return std::equal(value.begin(), value.end(), kName.begin(), kName.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  });
}

}  // namespace

/// Answers what has arrived, one request after the other; stops at a poll that has to wait.
void EngineServer::answer_requests(LinkId link, Step step) {
  for (;;) {
    const auto found = links_.find(link);
    if (found == links_.end()) return;
    auto* http = std::get_if<HttpLink>(&found->second);
    if (!http) return;  // It has become a WebSocket.
    if (http->answering) {
      if (http->reader.waiting_bytes() > kPipelinedBytesMax) {
        step.out.actions.push_back(CloseLink{link});
        closed(link, step.now, step.out);
      }
      return;
    }
    auto next = http->reader.next();
    if (next && !*next) return;
    http->answering = true;
    if (!next) {
      http->request = {};
      http->request.keep_alive = false;
      respond(link,
              next.error() == client::HttpErrc::BodyTooLarge   ? 413
              : next.error() == client::HttpErrc::HeadTooLarge ? 431
                                                               : 400,
              {}, step);
      return;
    }
    http->request = std::move(**next);
    if (http->request.upgrade) http->request.keep_alive = false;
    handle(link, *http, step);
  }
}

void EngineServer::handle(LinkId link, HttpLink& http, Step step) {
  const client::HttpMessage& request = http.request;
  const EngineQuery query = parse_query(request.target);
  if (query.path != options_.path) return respond(link, 404, {"not found"}, step);
  if (request.method == "OPTIONS") return respond(link, 204, {}, step);
  const bool websocket = query.transport == "websocket";
  if (!websocket && query.transport != "polling")
    return refuse(link, Refusal::UnknownTransport, step);
  const bool switches = request.upgrade && names_websocket(request.header("upgrade")) &&
                        !request.header("sec-websocket-key").empty();

  http.base64 = query.b64 == "1";
  if (query.sid.empty()) {
    if (request.method != "GET") return refuse(link, Refusal::BadHandshakeMethod, step);
    if (switches != websocket) return refuse(link, Refusal::BadRequest, step);
    const bool old = query.eio == "3" && options_.revisions == Revisions::V3Too;
    if (query.eio != "4" && !old) return refuse(link, Refusal::UnsupportedProtocol, step);
    return open_session(link, http, websocket, old ? Revision::V3 : Revision::V4, step);
  }
  const auto session = find(query.sid);
  if (session == sessions_.end()) return refuse(link, Refusal::UnknownSession, step);
  if (switches && websocket) return switch_to_websocket(link, http, session->first, step);
  if (websocket || session->second.websocket != LinkId::None)
    return refuse(link, Refusal::BadRequest, step);
  if (request.method == "GET") return take_poll(link, http, session, step);
  if (request.method == "POST") return take_post(link, http, session, step);
  refuse(link, Refusal::BadRequest, step);
}

EngineServer::Sessions::iterator EngineServer::find(std::string_view sid) noexcept {
  return std::find_if(sessions_.begin(), sessions_.end(),
                      [sid](const auto& entry) { return entry.second.sid == sid; });
}

// --- Handshake ---

void EngineServer::open_session(LinkId link, HttpLink& http, bool websocket, Revision revision,
                                Step step) {
  const auto number = static_cast<SessionNumber>(++last_session_);
  const std::string sid = make_sid();
  sessions_.emplace(
      number, Session{sid,
                      revision,
                      Heartbeat(revision, options_.ping_interval, options_.ping_timeout, step.now),
                      websocket ? link : LinkId::None,
                      LinkId::None,
                      {},
                      {},
                      {},
                      http.base64});
  if (!websocket) {
    respond(link, 200, one_packet('0' + handshake(sid, false), revision), step);
    step.out.happenings.push_back(SessionOpened{number, sid, revision});
    return;
  }
  step.out.actions.push_back(SendBytes{link, encode_switch(http.request)});
  const std::string rest = http.reader.take_rest();
  links_.at(link) = WebSocketLink{
      WebSocketEndpoint(WebSocketEndpoint::Role::Server, options_.payload_bytes_max, 0), number};
  push(number, {PacketType::Open, {false, handshake(sid, true)}}, step);
  step.out.happenings.push_back(SessionOpened{number, sid, revision});
  receive_websocket(link, rest, step);
}

std::string EngineServer::make_sid() {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string sid;
  for (int i = 0; i < 20; ++i) sid += kAlphabet[random_() & 63U];
  return sid;
}

std::string EngineServer::handshake(const std::string& sid, bool websocket) const {
  const auto ms = [](Duration duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
  };
  return "{\"sid\":\"" + sid + "\",\"upgrades\":[" + (websocket ? "" : "\"websocket\"") +
         "],\"pingInterval\":" + ms(options_.ping_interval) +
         ",\"pingTimeout\":" + ms(options_.ping_timeout) +
         ",\"maxPayload\":" + std::to_string(options_.payload_bytes_max) + "}";
}

// --- Polling ---

void EngineServer::take_poll(LinkId link, HttpLink& http, Sessions::iterator session, Step step) {
  const SessionNumber number = session->first;
  if (session->second.poll != LinkId::None) {  // Two polls at once: Engine.IO ends the session.
    end_session(number, CloseReason::TransportError, "1", step);
    return refuse(link, Refusal::BadRequest, step);
  }
  session->second.poll = link;
  http.polls = number;
  flush(number, step);
}

void EngineServer::take_post(LinkId link, HttpLink& http, Sessions::iterator session, Step step) {
  const SessionNumber number = session->first;
  const std::string body = std::move(http.request.body);
  const std::string type(http.request.header("content-type"));
  const Revision revision = session->second.revision;
  if (revision == Revision::V4 && type == client::kBinaryPayload) {
    end_session(number, CloseReason::TransportError, "1", step);
    return refuse(link, Refusal::BadRequest, step);
  }
  const auto packets = client::decode_payload(body, type, revision);
  if (!packets) {
    end_session(number, CloseReason::ParseError, "1", step);
    return refuse(link, Refusal::BadRequest, step);
  }
  for (const Message& packet : *packets) {
    if (!client::decode_engine(packet, revision)) {
      end_session(number, CloseReason::ParseError, "1", step);
      return refuse(link, Refusal::BadRequest, step);
    }
    receive_packet(number, packet, step);
  }
  respond(link, 200, {"ok"}, step);
}

/// Bytes make the payload of a revision 3 client binary, unless it takes none.
EngineServer::Payload EngineServer::take_outbox(Session& session, const HttpLink& http) {
  const auto packets = std::exchange(session.outbox, {});
  const bool bytes = std::any_of(packets.begin(), packets.end(),
                                 [](const EnginePacket& it) { return it.content.binary; });
  const bool binary = session.revision == Revision::V3 && bytes && !session.base64 && !http.base64;
  Payload payload;
  if (binary) payload.type = client::kBinaryPayload;
  for (const EnginePacket& packet : packets) {
    if (binary)
      client::append_binary_packet(payload.body,
                                   client::encode_engine_message(packet, session.revision));
    else
      client::append_packet(payload.body, client::encode_engine_text(packet, session.revision),
                            session.revision);
  }
  return payload;
}

EngineServer::Payload EngineServer::one_packet(std::string_view text, Revision revision) {
  Payload payload;
  client::append_packet(payload.body, text, revision);
  return payload;
}

// --- Answers ---

void EngineServer::respond(LinkId link, int status, const Payload& payload, Step step) {
  const auto found = links_.find(link);
  if (found == links_.end()) return;
  auto& http = std::get<HttpLink>(found->second);
  const bool waited = http.polls != SessionNumber::None;
  const std::string_view type = status == 204   ? std::string_view{}
                                : status == 400 ? std::string_view("application/json")
                                                : payload.type;
  step.out.actions.push_back(
      SendBytes{link, encode_response(status, type, payload.body, http.request)});
  if (!http.request.keep_alive) {
    step.out.actions.push_back(CloseLink{link});
    links_.erase(found);
    return;
  }
  http.answering = false;
  http.polls = SessionNumber::None;
  if (waited) answer_requests(link, step);  // Requests may have queued up behind the poll.
}

void EngineServer::refuse(LinkId link, Refusal refusal, Step step) {
  respond(link, 400, {refusal_body(refusal)}, step);
}

}  // namespace core::server
